//! Items of values lists, each with values that meet it and values that nearly do.

use rulebus_matcher::Dialect;

use super::Choices;
use super::text::{quote, string, swap_case};

/// An item: its JSON text and JSON scalars to try it on.
#[derive(Clone)]
pub struct Item {
    pub text: String,
    /// Values that mostly pass; empty where only absence is sure to.
    pub hits: Vec<String>,
    /// Values that mostly fail.
    pub misses: Vec<String>,
}

const NUMBERS: [&str; 17] = [
    "1",
    "2",
    "0",
    "-1",
    "10",
    "0.5",
    "-0",
    "0.1",
    "0.10000000000000001",
    "9007199254740992",
    "9007199254740993",
    "1e400",
    "-1e400",
    "1e-400",
    "1e99999999999999999999",
    "-2.5e-99999999999999999999",
    "123456789012345678901234567890",
];
const RANGES: [(&str, &str, &str); 6] = [
    ("10.0.0.0/8", "10.1.2.3", "11.0.0.0"),
    ("10.0.0.128/25", "::ffff:a00:81", "10.0.0.127"),
    ("::ffff:10.0.0.0/104", "10.255.0.1", "a00::"),
    ("2001:db8::/33", "2001:DB8:0:0:0:0:192.0.2.1", "2001:db8:8000::"),
    ("0.0.0.0/0", "0.0.0.0", "::"),
    ("::/0", "::1", "1.2.3.4"),
];
const EXPRESSIONS: [(&str, &str, &str); 6] = [
    ("a+", "aa", "aab"),
    ("[ab]{1,2}", "ba", "aba"),
    ("a|ab", "ab", "b"),
    (".*b", "éb", "\nb"),
    ("(?i)ß?a", "ẞA", "ssa"),
    ("", "", "a"),
];

/// Make an item for a values list.
pub fn item(choices: &mut Choices, dialect: Dialect) -> Item {
    match choices.below(10) {
        8 => exists(choices.chance(30)),
        9 if dialect == Dialect::Extended => none_of(choices),
        _ => value_test(choices, dialect, 0),
    }
}

/// Make an item that looks at one value.
fn value_test(choices: &mut Choices, dialect: Dialect, depth: usize) -> Item {
    let kinds = if dialect == Dialect::Extended { 19 } else { 12 };
    match choices.below(kinds) {
        1 => number(choices),
        2 => literal(choices.pick(&["true", "false", "null"])),
        3 => text_test(choices, "exactly"),
        4 => text_test(choices, "prefix"),
        5 => text_test(choices, "suffix"),
        6 => text_test(choices, "equals-ignore-case"),
        7 => text_test(choices, "wildcard"),
        8 => numeric(choices),
        9 => cidr(choices),
        10 | 11 | 16..19 => anything_but(choices, dialect),
        12 => regex(choices),
        13 => folded(text_test(choices, "wildcard"), "wildcard"),
        14 if depth < 2 => all_of(choices, depth),
        15 => exists(true),
        _ => literal(&quote(&string(choices))),
    }
}

fn operator(name: &str, operand: &str, hits: Vec<String>, misses: Vec<String>) -> Item {
    Item { text: format!("{{{}:{operand}}}", quote(name)), hits, misses }
}

fn literal(text: &str) -> Item {
    let misses = vec![quote(text), swap_case(text), "1.5".to_owned()];
    let misses = misses.into_iter().filter(|miss| miss != text && is_json(miss)).collect();
    Item { text: text.to_owned(), hits: vec![text.to_owned()], misses }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok()
}

fn number(choices: &mut Choices) -> Item {
    let text = choices.pick(&NUMBERS);
    Item {
        text: text.to_owned(),
        hits: vec![text.to_owned()],
        misses: vec![quote(text), choices.pick(&NUMBERS).to_owned()],
    }
}

fn exists(wanted: bool) -> Item {
    let hits = if wanted { vec!["null".to_owned(), quote("a")] } else { Vec::new() };
    operator("exists", if wanted { "true" } else { "false" }, hits, vec!["null".to_owned()])
}

/// Make one of the tests whose operand is one string.
fn text_test(choices: &mut Choices, name: &str) -> Item {
    let (wanted, other) = (string(choices), string(choices));
    let shorter: String = wanted.chars().skip(1).collect();
    let mut misses =
        vec![quote(&shorter), quote(&format!("{wanted}{other}{wanted}x")), "1".to_owned()];
    let (operand, hits) = match name {
        "prefix" => (wanted.clone(), vec![format!("{wanted}{other}"), wanted]),
        "suffix" => (wanted.clone(), vec![format!("{other}{wanted}"), wanted]),
        "equals-ignore-case" => (wanted.clone(), vec![swap_case(&wanted), wanted]),
        "wildcard" => {
            let end = string(choices);
            misses.push(quote(&format!("{wanted}{other}")));
            wildcard(choices, &wanted, &other, &end)
        }
        _ => (wanted.clone(), vec![wanted]),
    };
    let hits: Vec<String> = hits.iter().map(|hit| quote(hit)).collect();
    let item = operator(name, &quote(&operand), hits, misses);
    if matches!(name, "prefix" | "suffix") && choices.chance(30) {
        folded(item, name)
    } else {
        item
    }
}

/// Make a wildcard with up to three stars, and texts that it covers.
fn wildcard(choices: &mut Choices, start: &str, filling: &str, end: &str) -> (String, Vec<String>) {
    let escape = |text: &str| text.replace('\\', "\\\\").replace('*', "\\*");
    let (first, last) = (escape(start), escape(end));
    let whole = format!("{start}{filling}{end}");
    match choices.below(5) {
        0 => (format!("{first}*"), vec![whole, start.to_owned()]),
        1 => (format!("*{last}"), vec![whole, end.to_owned()]),
        2 => (format!("{first}*{last}"), vec![whole, format!("{start}{end}")]),
        3 if !first.is_empty() => (format!("*{first}*"), vec![whole, start.to_owned()]),
        4 if !first.is_empty() && !last.is_empty() => {
            (format!("*{first}*{last}*"), vec![whole, format!("{start}{end}a")])
        }
        _ => (first, vec![start.to_owned()]),
    }
}

/// Turn a test with a string operand into the one that ignores case.
fn folded(item: Item, name: &str) -> Item {
    let operand = &item.text[name.len() + 4..item.text.len() - 1];
    let swapped = item.hits.iter().map(|hit| swap_case(hit)).filter(|hit| is_json(hit));
    let hits = swapped.chain(item.hits.clone()).collect();
    operator(name, &format!("{{\"equals-ignore-case\":{operand}}}"), hits, item.misses)
}

fn numeric(choices: &mut Choices) -> Item {
    let value = choices.pick(&NUMBERS);
    let (low, high) =
        choices.pick(&[("-1", "2"), ("0", "1e400"), ("0.1", "0.5"), ("-1e401", "-0.5")]);
    let list = match choices.below(6) {
        0 => format!("[\"=\",{value}]"),
        1 => format!("[\"<\",{value}]"),
        2 => format!("[\">=\",{value}]"),
        3 => format!("[\">\",{low},\"<=\",{high}]"),
        4 => format!("[\">=\",{low},\"<\",{high}]"),
        _ => format!("[\"{}\",{value}]", choices.pick(&["<=", ">"])),
    };
    let near = [value, choices.pick(&NUMBERS), low, high].map(str::to_owned);
    operator("numeric", &list, near.to_vec(), vec![quote(value), choices.pick(&NUMBERS).to_owned()])
}

fn cidr(choices: &mut Choices) -> Item {
    let (range, inside, outside) = choices.pick(&RANGES);
    let misses = vec![quote(outside), quote(&format!("{inside} ")), "5".to_owned()];
    operator("cidr", &quote(range), vec![quote(inside)], misses)
}

fn regex(choices: &mut Choices) -> Item {
    let (expression, inside, outside) = choices.pick(&EXPRESSIONS);
    operator("regex", &quote(expression), vec![quote(inside)], vec![quote(outside), "1".to_owned()])
}

/// Make an `anything-but` over literals, lists or one of the inner operators.
fn anything_but(choices: &mut Choices, dialect: Dialect) -> Item {
    let inner = match choices.below(if dialect == Dialect::Extended { 12 } else { 8 }) {
        0 => literal(&quote(&string(choices))),
        1 => number(choices),
        2 => list_of(&[literal(&quote(&string(choices))), literal(&quote(&string(choices)))]),
        3 => list_of(&[number(choices), number(choices)]),
        4 => inner_list(choices, "prefix"),
        5 => inner_list(choices, "suffix"),
        6 => inner_list(choices, "equals-ignore-case"),
        7 => inner_list(choices, "wildcard"),
        8 | 9 => numeric(choices),
        _ => cidr(choices),
    };
    let hits = [inner.misses, vec!["true".to_owned(), quote("z")]].concat();
    operator("anything-but", &inner.text, hits, inner.hits)
}

fn list_of(items: &[Item]) -> Item {
    let texts: Vec<&str> = items.iter().map(|item| &item.text[..]).collect();
    Item {
        text: format!("[{}]", texts.join(",")),
        hits: items.iter().flat_map(|item| item.hits.clone()).collect(),
        misses: items.iter().flat_map(|item| item.misses.clone()).collect(),
    }
}

/// Make `{operator: string}` or `{operator: [string, string]}` without empty strings.
fn inner_list(choices: &mut Choices, name: &str) -> Item {
    let (first, second) = (format!("a{}", string(choices)), format!("b{}", string(choices)));
    let [first, second] = [first, second].map(|text| text.replace(['\\', '*'], ""));
    let star = if name == "wildcard" { "*" } else { "" };
    let both = [format!("{first}{star}"), format!("{star}{second}")].map(|text| quote(&text));
    let operand =
        if choices.chance(50) { format!("[{}]", both.join(",")) } else { both[0].clone() };
    operator(name, &operand, vec![quote(&first)], vec![quote("z"), quote(&second)])
}

fn all_of(choices: &mut Choices, depth: usize) -> Item {
    let count = 1 + choices.below(3);
    let tests: Vec<Item> =
        (0..count).map(|_| value_test(choices, Dialect::Extended, depth + 1)).collect();
    let all = list_of(&tests);
    operator("all-of", &all.text, all.hits, all.misses)
}

fn none_of(choices: &mut Choices) -> Item {
    let count = 1 + choices.below(2);
    let tests: Vec<Item> = (0..count).map(|_| value_test(choices, Dialect::Extended, 1)).collect();
    let all = list_of(&tests);
    let hits = if choices.chance(50) { all.misses } else { Vec::new() };
    operator("none-of", &all.text, hits, all.hits)
}
