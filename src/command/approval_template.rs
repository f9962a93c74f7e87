//! The template of approveToken: a text that names token files and approvals.

use std::path::PathBuf;

/// The most approvals that a template can name.
pub const MAX_APPROVALS: usize = 20;

/// The longest name of a file, in bytes.
const MAX_PATH: usize = 255;

/// A field of a template: what its line begins with, and what it takes.
#[derive(Debug)]
struct Field {
    name: &'static str,
    /// The most bytes of a text; nothing for a number.
    longest: Option<usize>,
}

const fn text(name: &'static str, longest: usize) -> Field {
    Field { name, longest: Some(longest) }
}

const fn number(name: &'static str) -> Field {
    Field { name, longest: None }
}

/// What a template begins with.
static HEADER: [Field; 3] = [
    text("Token File Path", MAX_PATH),
    text("Multi Token File Path", MAX_PATH),
    number("Number of Approvals"),
];

/// What it says of each approval.
static APPROVAL: [Field; 3] = [
    number("Approver Type"),
    text("Approver Name", crate::hsm::user::MAX_NAME_LENGTH),
    text("Approval File", MAX_PATH),
];

/// What a template says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The file of one token, or nothing.
    pub token_file: PathBuf,
    /// The file of one or several tokens, or nothing.
    pub multi_token_file: PathBuf,
    /// How many approvals it claims to have.
    pub claimed: usize,
    /// The approvals that it has, up to the claimed number.
    pub approvals: Vec<TemplateApproval>,
    /// Fields whose values were not taken: their names, and bytes of the values.
    pub incompatible: Vec<(&'static str, usize)>,
}

/// What a template says of an approval.
#[derive(Debug, PartialEq, Eq)]
pub struct TemplateApproval {
    /// The number of the approver's type.
    pub user_type: u32,
    /// His name.
    pub name: String,
    /// The file of his signature.
    pub file: PathBuf,
}

impl Template {
    /// Reads a template, line by line: the first three fields of the header
    /// that come, then three fields for each approval. Other lines mean nothing.
    #[must_use]
    pub fn parse(content: &str) -> Self {
        let mut template = Self::default();
        let mut lines = content.lines();
        let header = read_fields(&HEADER, &mut lines, &mut template.incompatible);
        let [token_file, multi_token_file, claimed] = header.0;
        template.token_file = token_file.into();
        template.multi_token_file = multi_token_file.into();
        template.claimed = to_number(&claimed).and_then(|n| n.try_into().ok()).unwrap_or(0);
        while template.approvals.len() < template.claimed.min(MAX_APPROVALS) {
            let (values, complete) = read_fields(&APPROVAL, &mut lines, &mut template.incompatible);
            if !complete {
                break;
            }
            let [user_type, name, file] = values;
            let user_type = to_number(&user_type).unwrap_or(0);
            template.approvals.push(TemplateApproval { user_type, name, file: file.into() });
        }
        template
    }
}

/// The values of the next three lines that hold one of these fields, and
/// whether there were three.
fn read_fields<'a>(
    fields: &'static [Field; 3],
    lines: &mut impl Iterator<Item = &'a str>,
    incompatible: &mut Vec<(&'static str, usize)>,
) -> ([String; 3], bool) {
    let mut values = <[String; 3]>::default();
    let mut counted = 0;
    while counted < fields.len() {
        let Some(line) = lines.next() else { return (values, false) };
        let here = fields.iter().zip(&mut values);
        let found =
            here.filter_map(|(field, value)| Some((field, value, line.strip_prefix(field.name)?)));
        for (field, place, rest) in found {
            let rest = rest.trim_start_matches([' ', '\t', ':', '=']);
            let value = rest.split(';').next().unwrap_or_default().trim_end();
            let fits = match field.longest {
                Some(longest) => value.len() <= longest,
                None => to_number(value).is_some(),
            };
            if fits {
                value.clone_into(place);
                counted += 1;
            } else {
                incompatible.push((field.name, value.len()));
            }
        }
    }
    (values, true)
}

/// Hexadecimal digits after `0x`, or decimal ones.
fn to_number(value: &str) -> Option<u32> {
    match value.split_once("0x") {
        Some((_, digits)) => u32::from_str_radix(digits, 16).ok(),
        None => value.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn approval(user_type: u32, name: &str, file: &str) -> TemplateApproval {
        TemplateApproval { user_type, name: name.to_owned(), file: file.into() }
    }

    #[test]
    fn a_template_is_read_in_any_spelling() {
        let template = Template::parse(
            "# two of three\r\nToken File Path = token;\nMulti Token File Path:\n\
             Number of Approvals := 0x2;  (hexadecimal)\n\n\
             Approver Type: 1\nApprover Name: alice\nApproval File: alice.sig\n\
             ignored\nApproval File = bob.sig\nApprover Name = bob\r\nApprover Type = 0x01",
        );
        assert_eq!(template.token_file, PathBuf::from("token"));
        assert_eq!(template.multi_token_file, PathBuf::new());
        assert_eq!(template.claimed, 2);
        assert_eq!(
            template.approvals,
            [approval(1, "alice", "alice.sig"), approval(1, "bob", "bob.sig")]
        );
        assert!(template.incompatible.is_empty());
    }

    #[test]
    fn what_does_not_fit_is_named_and_not_counted() {
        let long = "x".repeat(300);
        let template = Template::parse(&format!(
            "Token File Path: {long}\nToken File Path: token\nMulti Token File Path: m\n\
             Number of Approvals: many\nNumber of Approvals: 1\n Approver Type: 1\n"
        ));
        assert_eq!(template.incompatible, [("Token File Path", 300), ("Number of Approvals", 4)]);
        assert_eq!((template.claimed, template.approvals.len()), (1, 0));
    }

    #[test]
    fn a_great_claim_is_kept_but_not_followed() {
        let header =
            "Token File Path:\nMulti Token File Path: m\nNumber of Approvals: 4000000000\n";
        let approval = "Approver Type: 1\nApprover Name: a\nApproval File: f\n";
        let template = Template::parse(&(header.to_owned() + &approval.repeat(30)));
        assert_eq!((template.claimed, template.approvals.len()), (4_000_000_000, MAX_APPROVALS));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(Token File Path|Number of Approvals|[:=; 0x\\n]|\\PC){0,40}") {
            let _ = Template::parse(&text);
        }
    }
}
