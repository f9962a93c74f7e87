//! Lines as they are compared: each with a skeleton, in which whatever may
//! differ is left out, and with the values that stood there.

use std::ops::Range;

use super::treatment::{Item, Treatment, Treatments};

/// A line, or several that are one value, such as the rows of a modulus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// What must be the same.
    pub skeleton: String,
    /// What stands at the places that the skeleton leaves out.
    pub values: Vec<Value>,
    /// The numbers of its lines, from 0.
    pub lines: Vec<usize>,
}

/// A value that is not compared to the byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it is.
    pub item: Item,
    /// Its text.
    pub text: String,
    /// Where it stands, if its unit is one line.
    pub place: Option<Range<usize>>,
    /// Whether it must have the same role.
    pub strict: bool,
}

/// What stands before a handle; blanks may follow.
const BEFORE_HANDLES: [&str; 3] = ["Key Handle:", "key handle:", "imported with handle "];

/// What stands after a handle that a line begins with.
const AFTER_HANDLES: [&str; 2] = [" is not a symmetric key", " is not a private key"];

/// Rows of a name, a colon and a value.
const ROWS: [(&str, Item); 15] = [
    ("Key handle", Item::Handles),
    ("Token", Item::Tokens),
    ("Time left", Item::Times),
    ("Label", Item::Machine),
    ("Model", Item::Machine),
    ("Serial Number", Item::Machine),
    ("TotalPublicMemory", Item::Machine),
    ("FreePublicMemory", Item::Machine),
    ("TotalPrivateMemory", Item::Machine),
    ("FreePrivateMemory", Item::Machine),
    ("Firmware Major", Item::Machine),
    ("Firmware Minor", Item::Machine),
    ("Firmware ID", Item::Machine),
    ("Build Number", Item::Machine),
    ("Cfm3Initialize() returned app id", Item::Sessions),
];

/// What stands before a number of the client's session that has no colon.
const SESSION_HANDLE: &str = "session_handle ";

/// What stands before the list of findKey, in classic and in v3.
const LISTS: [&str; 2] = ["number of keys matched from start index", "Handles of matching keys:"];

/// What stands before the length of a private key that is imported, which its numbers decide.
const KEY_LENGTH: &str = "BER encoded key length is ";

/// The lines as units.
pub fn units(lines: &[String], treatments: &Treatments) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut nodes: Vec<Option<u64>> = Vec::new();
    let mut before = "";
    let mut in_list = false;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let trimmed = line.trim();
        if trimmed.is_empty() && treatments.frees(Item::Layout) {
            at += 1;
            continue;
        }
        if let Some((item, length)) = rows_after(before, &lines[at..], treatments) {
            let range = at..at + length;
            units.push(merged(&lines[range.clone()], range, item, treatments));
            nodes.push(None);
            at += length;
            before = "";
            continue;
        }
        in_list =
            is_list(trimmed) && (in_list || LISTS.iter().any(|list| before.starts_with(list)));
        units.push(single(line, at, in_list, treatments));
        nodes.push(node_of(trimmed));
        if !trimmed.is_empty() {
            before = trimmed;
        }
        at += 1;
    }
    with_nodes(units, &nodes, treatments)
}

/// How many of the next lines are one value, which follows from what stands before them.
fn rows_after(before: &str, next: &[String], treatments: &Treatments) -> Option<(Item, usize)> {
    let rows = |is_row: fn(&str) -> bool| next.iter().take_while(|row| is_row(row.trim())).count();
    let (item, length) = match before {
        "result data:" => (Item::Data, rows(is_bytes)),
        "OBJ_ATTR_KCV" => (Item::CheckValues, rows(is_hexadecimal).min(1)),
        // The guide breaks what the client prints on one line.
        "OBJ_ATTR_MODULUS" if treatments.frees(Item::Layout) => {
            (Item::Moduli, rows(is_hexadecimal))
        }
        "OBJ_ATTR_MODULUS" => (Item::Moduli, rows(is_hexadecimal).min(1)),
        _ if before.starts_with("-----BEGIN ") => (Item::Data, rows(is_base64)),
        _ => return None,
    };
    (length > 0 && treatments.of(item) != Treatment::Exact).then_some((item, length))
}

fn is_bytes(row: &str) -> bool {
    let byte = |word: &str| word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    !row.is_empty() && row.split_ascii_whitespace().all(byte)
}

fn is_hexadecimal(row: &str) -> bool {
    let digits = row.strip_prefix("0x").unwrap_or(row);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_base64(row: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    !row.is_empty() && row.bytes().all(known)
}

fn is_list(row: &str) -> bool {
    row.starts_with(|first: char| first.is_ascii_digit())
        && row.bytes().all(|byte| byte.is_ascii_digit() || b", ".contains(&byte))
}

/// The unit of several lines that are one value.
fn merged(rows: &[String], range: Range<usize>, item: Item, treatments: &Treatments) -> Unit {
    let separator = if treatments.frees(Item::Layout) { "" } else { "\n" };
    let text = rows.iter().map(|row| row.trim()).collect::<Vec<_>>().join(separator);
    // How far it is indented counts, unless layout is free.
    let indent = rows.first().map_or(0, |row| row.len() - row.trim_start().len());
    let indent = if treatments.frees(Item::Layout) { "" } else { &" ".repeat(indent) };
    let skeleton = format!("{indent}{}", placeholder(item));
    let mut unit = Unit { skeleton, values: Vec::new(), lines: range.clone().collect() };
    if treatments.of(item) == Treatment::ByRole {
        let row = rows.first().filter(|_| range.len() == 1);
        let place = row.map(|row| row.len() - row.trim_start().len()..row.trim_end().len());
        unit.values.push(Value { item, text, place, strict: true });
    }
    unit
}

/// The unit of one line.
fn single(line: &str, at: usize, in_list: bool, treatments: &Treatments) -> Unit {
    let mut skeleton = String::with_capacity(line.len());
    let mut values = Vec::new();
    let mut end = 0;
    for (item, place) in places(line, in_list) {
        let treatment = treatments.of(item);
        if treatment == Treatment::Exact {
            continue;
        }
        skeleton.push_str(&line[end..place.start]);
        skeleton.push_str(&placeholder(item));
        end = place.end;
        // Later commands need to know which key is which, even where nobody compares.
        let strict = treatment == Treatment::ByRole;
        if strict || item == Item::Handles {
            let text = line[place.clone()].to_owned();
            values.push(Value { item, text, place: Some(place), strict });
        }
    }
    skeleton.push_str(&line[end..]);
    if treatments.frees(Item::Layout) {
        skeleton = skeleton.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    Unit { skeleton, values, lines: vec![at] }
}

/// No text has these characters, so a placeholder is like no text.
fn placeholder(item: Item) -> String {
    format!("\u{1}{item:?}\u{1}")
}

/// Where the values of a line stand, from left to right.
fn places(line: &str, in_list: bool) -> Vec<(Item, Range<usize>)> {
    if in_list {
        return numbers(line).map(|place| (Item::Handles, place)).collect();
    }
    let start = line.len() - line.trim_start().len();
    if AFTER_HANDLES.iter().any(|after| line.contains(after)) {
        let length = digits(&line[start..]);
        return if length > 0 { vec![(Item::Handles, start..start + length)] } else { Vec::new() };
    }
    if let Some((name, value)) = line.split_once(':')
        && let Some((_, item)) = ROWS.iter().find(|(known, _)| *known == name.trim())
    {
        let from = line.len() - value.trim_start().len();
        if *item == Item::Handles && digits(value.trim()) != value.trim().len() {
            // It comes from a file: what is no number is never typed instead of a handle.
            return Vec::new();
        }
        return vec![(*item, from..from.max(line.trim_end().len()))];
    }
    if let Some(at) = line.find(SESSION_HANDLE) {
        let from = at + SESSION_HANDLE.len();
        return vec![(Item::Sessions, from..from.max(line.trim_end().len()))];
    }
    if let Some(number) = line.strip_prefix(KEY_LENGTH) {
        return vec![(Item::Data, KEY_LENGTH.len()..KEY_LENGTH.len() + digits(number))];
    }
    let mut places: Vec<_> = BEFORE_HANDLES
        .iter()
        .flat_map(|before| line.match_indices(before).map(|(at, before)| at + before.len()))
        .map(|at| line.len() - line[at..].trim_start().len())
        .map(|from| (Item::Handles, from..from + digits(&line[from..])))
        .filter(|(_, place)| !place.is_empty())
        .collect();
    places.sort_by_key(|(_, place)| place.start);
    places
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Where the numbers of a text stand.
pub fn numbers(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(|first: char| first.is_ascii_digit())?;
        at = start + digits(&text[start..]);
        Some(start..at)
    })
}

/// The node that a line of a cluster block is about.
fn node_of(trimmed: &str) -> Option<u64> {
    let (id, rest) = trimmed.strip_prefix("Node id ")?.split_once(' ')?;
    let known = ["and err state ", "status: "].iter().any(|known| rest.starts_with(known));
    id.parse().ok().filter(|_| known)
}

/// The units, with the lines of each cluster block in one order, or without their nodes, where that is free.
fn with_nodes(units: Vec<Unit>, nodes: &[Option<u64>], treatments: &Treatments) -> Vec<Unit> {
    let (any_order, any_count) =
        (treatments.frees(Item::NodeOrder), treatments.frees(Item::NodeCount));
    if !any_order && !any_count {
        return units;
    }
    let mut result: Vec<Unit> = Vec::new();
    let mut block: Vec<(u64, Unit)> = Vec::new();
    for (mut unit, node) in units.into_iter().zip(nodes) {
        let Some(node) = node else {
            result.extend(ordered(std::mem::take(&mut block), any_order));
            result.push(unit);
            continue;
        };
        if any_count {
            unit.skeleton = unit.skeleton.replacen(&format!("Node id {node} "), "Node id * ", 1);
            if let Some((_, same)) =
                block.iter_mut().find(|(_, same)| same.skeleton == unit.skeleton)
            {
                same.lines.append(&mut unit.lines);
                continue;
            }
        }
        block.push((*node, unit));
    }
    result.extend(ordered(block, any_order));
    result
}

fn ordered(mut block: Vec<(u64, Unit)>, any_order: bool) -> impl Iterator<Item = Unit> {
    if any_order {
        block.sort_by_key(|(node, _)| *node);
    }
    block.into_iter().map(|(_, unit)| unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(Item, String)> {
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let units = units(&lines, &Treatments::default());
        units.into_iter().flat_map(|unit| unit.values).map(|it| (it.item, it.text)).collect()
    }

    #[test]
    fn values_are_found_where_they_stand() {
        let handles = |texts: &[&str]| -> Vec<(Item, String)> {
            texts.iter().map(|text| (Item::Handles, (*text).to_owned())).collect()
        };
        for (text, expected) in [
            (
                "  public key handle: 262179    private key handle: 262177",
                &["262179", "262177"][..],
            ),
            ("Symmetric Key Created.  Key Handle: 6", &["6"]),
            ("This key is already imported with handle 9", &["9"]),
            ("\t12 is not a symmetric key", &["12"]),
            (" number of keys matched from start index 0::2\n6, 7, 524296", &["6", "7", "524296"]),
            ("also, shared to following 1 user(s):\n\n4, 5", &[]),
            ("   Key handle      : 7", &["7"]),
            ("Key handle : 7 -out x", &[]),
        ] {
            assert_eq!(values(text), handles(expected), "{text}");
        }
        let file =
            "OBJ_ATTR_KCV\n0xbbb32a\nOBJ_ATTR_MODULUS\n044a0f\nOBJ_ATTR_MODULUS_BITS\n0x0000019f";
        let expected = [(Item::CheckValues, "0xbbb32a".into()), (Item::Moduli, "044a0f".into())];
        assert_eq!(values(file), expected);
    }

    #[test]
    fn a_free_layout_joins_rows_and_drops_empty_lines() {
        let mut treatments = Treatments::default();
        treatments.set("layout", Treatment::Free).unwrap();
        let lines = ["", "  OBJ_ATTR_MODULUS", "ab", "cd", "", "a   b"].map(str::to_owned);
        let units = units(&lines, &treatments);
        assert_eq!(units.len(), 3);
        assert_eq!((units[1].values[0].text.as_str(), &units[1].lines[..]), ("abcd", &[2, 3][..]));
        assert_eq!(units[2].skeleton, "a b");
    }

    #[test]
    fn nodes_lose_their_order_and_their_number_where_that_is_free() {
        let line = |node: u64| format!("  Node id {node} and err state 0x00000000 : fine");
        let skeletons = |nodes: &[u64], free: &str| -> Vec<String> {
            let mut treatments = Treatments::default();
            treatments.set(free, Treatment::Free).unwrap();
            let lines: Vec<_> = nodes.iter().map(|node| line(*node)).collect();
            units(&lines, &treatments).into_iter().map(|unit| unit.skeleton).collect()
        };
        assert_eq!(skeletons(&[2, 1, 0], "node-order"), skeletons(&[0, 1, 2], "node-order"));
        assert_ne!(skeletons(&[2, 1], "times"), skeletons(&[1, 2], "times"));
        assert_ne!(skeletons(&[2, 1], "node-order"), skeletons(&[0, 1], "node-order"));
        assert_eq!(skeletons(&[2, 1, 0], "node-count"), skeletons(&[5], "node-count"));
    }
}
