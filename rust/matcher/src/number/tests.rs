use std::cmp::Ordering;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::ops::Bound;

use proptest::prelude::*;

use crate::json;
use crate::number::{Form, Number, Outline, Range};

fn number(text: &str) -> Number {
    Number::parse(text.as_bytes())
}

fn hash(number: &Number) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(number)
}

/// Spellings of one value, one value a line.
const EQUAL: &[&[&str]] = &[
    &["5", "5.0", "5e0", "500e-2", "0.5E+1", "0.005e3"],
    &["0", "-0", "0.0", "-0e7", "0e99999999999999999999", "0.000000000000000000000000", "0E-9"],
    &["9007199254740993", "9007199254740993.0"],
    &["1e400", "1E400", "10e399", "0.1e401"],
    &["-12.5", "-125e-1", "-12.50000000000000000000000000", "-0.00000000000000000000000125e25"],
    &["10000000000000000000", "1e19", "10000000000000000000.000"],
    &["18446744073709551616", "18446744073709551616.0", "1844674407370955161.6e1"],
    &["1e2147483646", "0.1e2147483647", "10e2147483645", "0.01e2147483648"],
    &["1e2147483647", "0.1e2147483648", "10e2147483646"],
    &["1e-2147483648", "10e-2147483649", "0.1e-2147483647"],
    &["1e-2147483649", "10e-2147483650", "0.1e-2147483648"],
    &["1e9223372036854775806", "0.1e9223372036854775807", "10e9223372036854775805"],
    &["1e9223372036854775807", "0.1e9223372036854775808", "10e9223372036854775806"],
    &["1e-9223372036854775809", "0.1e-9223372036854775808", "10e-9223372036854775810"],
    &["1e-9223372036854775810", "0.1e-9223372036854775809", "10e-9223372036854775811"],
    &["1e1000000000000000000000", "10e999999999999999999999", "0.1e1000000000000000000001"],
    &["1e-1000000000000000000000", "0.1e-999999999999999999999", "1E-01000000000000000000000"],
    &[
        "1e99999999999999999999999999999999999999999999",
        "10e99999999999999999999999999999999999999999998",
    ],
];

/// Every number is less than the next one.
const ASCENDING: &[&str] = &[
    "-1e1000000000000000000000",
    "-1e400",
    "-18446744073709551617",
    "-18446744073709551616",
    "-2",
    "-1.00000000000000000000000000001",
    "-1",
    "-1e-400",
    "-1e-1000000000000000000000",
    "0",
    "1e-99999999999999999999999999999999999999999999",
    "1e-1000000000000000000001",
    "1e-1000000000000000000000",
    "1e-9223372036854775810",
    "1e-2147483650",
    "1e-2147483648",
    "1e-400",
    "4.9e-324",
    "5e-324",
    "0.1",
    "0.1000000000000000055511151231257827021181583404541015625",
    "0.10000000000000001",
    "0.3",
    "0.30000000000000004",
    "1",
    "1.0000000000000000001",
    "1.00000000000000000011",
    "9",
    "10",
    "9007199254740992",
    "9007199254740993",
    "123456789012345678",
    "1234567890123456789",
    "1234567890123456789.5",
    "1234567890123456790",
    "12345678901234567891",
    "1e308",
    "1e400",
    "1e2147483647",
    "1e2147483648",
    "1e9223372036854775807",
    "1e1000000000000000000000",
    "2e1000000000000000000000",
    "1e1000000000000000000001",
    "1e99999999999999999999999999999999999999999999",
];

#[test]
fn spellings_of_one_value_are_equal() {
    for spellings in EQUAL {
        for pair in spellings.windows(2) {
            let [a, b] = [number(pair[0]), number(pair[1])];
            assert_eq!(a, b, "{pair:?}");
            assert_eq!(Ordering::Equal, a.cmp(&b), "{pair:?}");
            assert_eq!(hash(&a), hash(&b), "{pair:?}");
        }
    }
}

#[test]
fn numbers_are_ordered_by_value() {
    for (place, lower) in ASCENDING.iter().enumerate() {
        for higher in &ASCENDING[place + 1..] {
            assert_eq!(Ordering::Less, number(lower).cmp(&number(higher)), "{lower} {higher}");
            assert_eq!(Ordering::Greater, number(higher).cmp(&number(lower)), "{higher} {lower}");
            assert_ne!(number(lower), number(higher));
        }
    }
}

#[test]
fn a_number_is_written_plainly_where_that_is_short() {
    let table = [
        ("0", "-0.0"),
        ("5", "5.0"),
        ("-5", "-5"),
        ("1000", "1e3"),
        ("12.5", "125e-1"),
        ("0.00000125", "125e-8"),
        ("1.25e-7", "125e-9"),
        ("100000000000000000000", "1e20"),
        ("1e21", "1e21"),
        ("1.5e400", "15e399"),
        ("18446744073709551616", "18446744073709551616"),
        ("1844674407370955161.65", "1844674407370955161.65"),
        ("1.8446744073709551617e-30", "18446744073709551617e-49"),
        ("-1.2e1000000000000000000000", "-12e999999999999999999999"),
        ("1e-1000000000000000000000", "0.1e-999999999999999999999"),
    ];
    for (expected, text) in table {
        assert_eq!(expected, number(text).to_string());
    }
}

#[test]
fn a_number_takes_two_words() {
    assert_eq!(16, size_of::<Number>());
}

#[test]
fn a_number_of_19_digits_needs_no_allocation() {
    for text in ["9999999999999999999", "-0.9999999999999999999", "1234567890123456789e-2000000000"]
    {
        assert!(matches!(number(text).0, Form::Small(_)), "{text}");
    }
}

#[test]
fn a_range_contains_its_included_bounds_and_what_lies_between() {
    let range = |lower, upper| Range { lower, upper };
    let table = [
        (
            range(Bound::Included(number("1")), Bound::Excluded(number("2"))),
            ["1", "1.5"],
            ["0.9", "2"],
        ),
        (
            range(Bound::Excluded(number("1")), Bound::Included(number("2"))),
            ["1.1", "2"],
            ["1", "3"],
        ),
        (range(Bound::Unbounded, Bound::Included(number("2"))), ["-1e400", "2"], ["2.1", "1e400"]),
        (range(Bound::Excluded(number("2")), Bound::Unbounded), ["2.1", "1e400"], ["2", "-1e400"]),
    ];
    for (range, inside, outside) in table {
        for text in inside {
            assert!(range.contains(&number(text)), "{text} in {range}");
        }
        for text in outside {
            assert!(!range.contains(&number(text)), "{text} in {range}");
        }
    }
}

/// A JSON number whose exponent is small enough to be expanded.
fn expandable() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?([eE][+-]?[0-9]{1,2})?"
}

/// The same value as an integer: all digits in full, scaled by 10^200.
fn expand(text: &str) -> (bool, String) {
    let (is_negative, magnitude) = match text.strip_prefix('-') {
        Some(magnitude) => (true, magnitude),
        None => (false, text),
    };
    let magnitude = magnitude.to_lowercase();
    let (mantissa, exponent) = magnitude.split_once('e').unwrap_or((&magnitude, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().expect("an exponent of two digits");
    let zeros = 200 + exponent - i32::try_from(fraction.len()).expect("a short fraction");
    let zeros = "0".repeat(usize::try_from(zeros).expect("a scale that leaves no fraction"));
    (is_negative, format!("{:0>500}", [integer, fraction, &zeros].concat()))
}

fn compare_expanded(a: &str, b: &str) -> Ordering {
    let [(a_negative, a), (b_negative, b)] = [expand(a), expand(b)];
    let zero = "0".repeat(500);
    match (a_negative && a != zero, b_negative && b != zero) {
        (false, false) => a.cmp(&b),
        (true, true) => b.cmp(&a),
        (a_negative, b_negative) => b_negative.cmp(&a_negative),
    }
}

proptest! {
    /// Numbers that need no further thought have an outline.
    #[test]
    fn most_numbers_have_an_outline(text in "-?[1-9]{1,8}(\\.[0-9]{0,8}[1-9]{2}|[1-9])|0|0\\.0") {
        let event = format!("{text},");
        prop_assert!(Outline::read(event.as_bytes(), 0).is_some());
    }

    /// A number that is read at once is valid, ends where it does, and has its value.
    #[test]
    fn short_numbers_are_read_as_all_are(
        before in ".{0,3}",
        text in "-?(0|[1-9][0-9]{0,20}|[0-9]{1,3})(\\.[0-9]{0,20})?([eE][+-]?[0-9]{0,2})?",
        behind in "[-+.,eE}\\] /:\u{CA}\u{CF}]{0,9}",
    ) {
        let event = format!("{before}{text}{behind}");
        let end = json::number_end(event.as_bytes(), before.len());
        if let Some((number, found)) = Number::read_short(event.as_bytes(), before.len()) {
            prop_assert_eq!(Some(found), end.ok());
            prop_assert_eq!(Number::parse(&event.as_bytes()[before.len()..found]), number);
        } else {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let is_short = digits <= 19 && !event[before.len()..].contains(['e', 'E']);
            prop_assert!(end.is_err() || !is_short);
        }
    }

    /// A number that has an outline is valid, ends where it says, and is of the class it says.
    #[test]
    fn an_outline_is_that_of_the_value(
        before in ".{0,3}",
        text in "-?(0|[1-9][0-9]{0,20}|[0-9]{1,3})(\\.[0-9]{0,20})?([eE][+-]?[0-9]{0,2})?",
        behind in "[-+.,eE}\\] /:\u{CA}\u{CF}]{0,9}",
    ) {
        let event = format!("{before}{text}{behind}");
        if let Some(outline) = Outline::read(event.as_bytes(), before.len()) {
            let end = json::number_end(event.as_bytes(), before.len());
            prop_assert_eq!(Some(outline.end), end.ok());
            let mesh = number(&event[before.len()..outline.end]).mesh();
            prop_assert!(mesh.is_none_or(|mesh| mesh == outline.mesh));
        }
    }

    #[test]
    fn order_is_that_of_the_expanded_decimals(a in expandable(), b in expandable()) {
        let expected = compare_expanded(&a, &b);
        prop_assert_eq!(expected, number(&a).cmp(&number(&b)));
        prop_assert_eq!(expected == Ordering::Equal, number(&a) == number(&b));
    }

    #[test]
    fn shifting_the_point_against_the_exponent_changes_nothing(
        text in "-?[1-9][0-9]{0,24}",
        exponent in prop_oneof![-50_i64..50, Just(i64::from(i32::MAX)), Just(i64::from(i32::MIN)), any::<i64>()],
        zeros in 0..25_u8,
    ) {
        let shifted =
            format!("{text}{}e{}", "0".repeat(zeros.into()), i128::from(exponent) - i128::from(zeros));
        let [plain, shifted] = [number(&format!("{text}e{exponent}")), number(&shifted)];
        prop_assert_eq!(&plain, &shifted);
        prop_assert_eq!(hash(&plain), hash(&shifted));
    }

    #[test]
    fn the_text_of_a_number_denotes_it(
        text in "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?([eE][+-]?[0-9]{1,40})?",
    ) {
        let written = number(&text).to_string();
        prop_assert_eq!(number(&text), number(&written));
        prop_assert!(serde_json::from_str::<serde_json::Number>(&written).is_ok(), "{written}");
    }
}
