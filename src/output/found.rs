//! What findKey has found, in parts: there may be millions.

use std::fmt::Write;

use super::templates::{Found, Style};
use crate::hsm::Answer;
use crate::hsm::names::Handle;

/// Handles of a part, some lines in every dialect.
const PART: usize = 1500;

/// The parts of the text.
pub fn parts(s: Style, answer: &Answer<Vec<Handle>>) -> impl Iterator<Item = String> {
    let Found { count, heading, .. } = &s.templates.found;
    let found = answer.value.as_deref();
    let counted = found.map(|handles| count(s.indent, handles.len()));
    let handles = found.unwrap_or_default();
    let heading = (!handles.is_empty()).then(|| heading(s.indent, handles.len()));
    let lines = (0..handles.len()).step_by(PART).map(move |first| lines(s, handles, first));
    let result = s.returned("Cfm3FindKey", answer.status.code);
    let end = s.cluster(&answer.status) + &result;
    counted.into_iter().chain(heading).chain(lines).chain([end])
}

/// The part of the lines of handles that begins with this one.
fn lines(s: Style, handles: &[Handle], first: usize) -> String {
    let Found { on_a_line, indented, .. } = s.templates.found;
    let mut text = String::new();
    for (index, handle) in handles.iter().enumerate().skip(first).take(PART) {
        if index % on_a_line == 0 && indented {
            text += s.indent;
        }
        // Writing to a String does not fail.
        let _ = write!(text, "{handle}");
        text += match index + 1 {
            next if next == handles.len() => "\n",
            next if next % on_a_line == 0 => ", \n",
            _ => ", ",
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hsm::Status;
    use crate::hsm::return_code::ReturnCode;
    use crate::output::{classic, v3};

    fn text(style: Style, count: u64) -> Vec<String> {
        let handles = (6..6 + count).map(Handle).collect();
        let status = Status::local(ReturnCode::SUCCESS);
        parts(style, &Answer { status, value: Some(handles) }).collect()
    }

    #[test]
    fn lines_are_full_and_parts_join_without_a_seam() {
        let classic = Style { indent: "  ", templates: &classic::TEMPLATES };
        let v3 = Style { indent: "\t", templates: &v3::TEMPLATES };
        for count in [1, 14, 15, 16, 30, 1499, 1500, 1501, 4000] {
            let handles: Vec<_> = (6..6 + count).map(|handle: u64| handle.to_string()).collect();
            assert!(text(classic, count).concat().contains(&format!("\n{}\n", handles.join(", "))));
            let lines: Vec<_> = handles.chunks(15).map(|line| line.join(", ")).collect();
            let lines = lines.join(", \n\t");
            assert!(text(v3, count).concat().contains(&format!(":\n\t{lines}\n")), "{count}");
        }
        assert_eq!(text(v3, 0).len(), 2);
        assert_eq!(text(v3, 4000).len(), 6);
    }
}
