use smallvec::smallvec;

use std::ops::Bound;

use crate::cidr::Network;
use crate::number::{Number, Range};
use crate::pattern::{Folded, Literal, Test, ValuesList};
use crate::regex::Regex;
use crate::test::Scalar;
use crate::wildcard::{Case, Parsed, Wildcard};

fn number(text: &str) -> Number {
    Number::parse(text.as_bytes())
}

fn string(text: &str) -> Test {
    Test::Literal(Literal::String(text.into()))
}

fn folded(text: &str) -> Folded {
    Folded(text.into())
}

fn wildcard(operand: &str, case: Case) -> Test {
    match Wildcard::parse(operand, case).expect("a valid operand") {
        Parsed::Wildcard(wildcard) => Test::Wildcard(wildcard),
        Parsed::Literal(text) => panic!("{text:?} has no star"),
    }
}

fn at_least(lower: &str) -> Test {
    Test::Numeric(Box::new(Range {
        lower: Bound::Included(number(lower)),
        upper: Bound::Unbounded,
    }))
}

fn cidr(operand: &str) -> Test {
    Test::Cidr(Network::parse(operand).expect("a valid operand"))
}

fn anything_but(tests: impl Into<Box<[Test]>>) -> Test {
    Test::AnythingBut(tests.into())
}

fn regex(text: &str) -> Test {
    Test::Regex(Regex::new(text).expect("a valid expression"))
}

#[test]
fn a_test_looks_at_the_kind_first() {
    use Scalar::{Bool, Null, String};
    let [five, hundred] = [number("5"), number("100")];
    let all = [
        String(b""),
        String(b"5"),
        String(b"10.0.0.1"),
        String(b"true"),
        String(b"null"),
        Scalar::Number(&five),
        Scalar::Number(&hundred),
        Bool(true),
        Bool(false),
        Null,
    ];
    let strings = "yyyyy-----";
    let table = [
        (string(""), "y---------"),
        (string("5"), "-y--------"),
        (Test::Literal(Literal::Number(number("5.0"))), "-----y----"),
        (Test::Literal(Literal::Bool(true)), "-------y--"),
        (Test::Literal(Literal::Bool(false)), "--------y-"),
        (Test::Literal(Literal::Null), "---------y"),
        (Test::Prefix("".into()), strings),
        (Test::Suffix("".into()), strings),
        (Test::PrefixIgnoreCase(folded("")), strings),
        (Test::Prefix("t".into()), "---y------"),
        (Test::Suffix("l".into()), "----y-----"),
        (Test::SuffixIgnoreCase(folded("l")), "----y-----"),
        (Test::EqualsIgnoreCase(folded("true")), "---y------"),
        (wildcard("*", Case::Exact), strings),
        (regex(".*"), strings),
        (at_least("5"), "-----yy---"),
        (at_least("6"), "------y---"),
        (cidr("0.0.0.0/0"), "--y-------"),
        (Test::Exists, "yyyyyyyyyy"),
        (anything_but([string("5"), string("")]), "--yyyyyyyy"),
        (anything_but([at_least("6")]), "yyyyyy-yyy"),
        (anything_but([wildcard("*", Case::Exact)]), "-----yyyyy"),
        (anything_but([cidr("10.0.0.0/8")]), "yy-yyyyyyy"),
        (
            Test::AllOf([wildcard("*", Case::Exact), anything_but([string("5")])].into()),
            "y-yyy-----",
        ),
    ];
    for (test, expected) in table {
        let passed: std::string::String =
            all.iter().map(|value| if test.passes(value) { 'y' } else { '-' }).collect();
        assert_eq!(expected, passed, "{test:?}");
    }
}

#[test]
fn folding_tests_ignore_the_case_of_the_value() {
    let table = [
        (Test::EqualsIgnoreCase(folded("straße")), "STRAẞE"),
        (Test::PrefixIgnoreCase(folded("straß")), "STRAẞE"),
        (Test::SuffixIgnoreCase(folded("aße")), "STRAẞE"),
        (wildcard("*ẞ*", Case::Folded), "Straße"),
    ];
    for (test, text) in table {
        assert!(test.passes(&Scalar::String(text.as_bytes())), "{test:?}");
        assert!(!test.passes(&Scalar::String(b"STRASSE")), "{test:?}");
    }
}

#[test]
fn a_test_is_written_as_the_item_that_means_it() {
    let range = |lower, upper| Test::Numeric(Box::new(Range { lower, upper }));
    let table = [
        (string("a\"b"), r#""a\"b""#),
        (Test::Literal(Literal::Number(number("5.0"))), "5"),
        (Test::Literal(Literal::Bool(true)), "true"),
        (Test::Literal(Literal::Null), "null"),
        (Test::Prefix("a".into()), r#"{"prefix":"a"}"#),
        (Test::SuffixIgnoreCase(folded("a")), r#"{"suffix":{"equals-ignore-case":"a"}}"#),
        (Test::EqualsIgnoreCase(folded("a")), r#"{"equals-ignore-case":"a"}"#),
        (wildcard(r"a\**", Case::Exact), r#"{"wildcard":"a\\**"}"#),
        (wildcard("A*", Case::Folded), r#"{"wildcard":{"equals-ignore-case":"a*"}}"#),
        (at_least("5"), r#"{"numeric":[">=",5]}"#),
        (
            range(Bound::Included(number("1")), Bound::Included(number("1"))),
            r#"{"numeric":["=",1]}"#,
        ),
        (
            range(Bound::Excluded(number("1")), Bound::Included(number("2"))),
            r#"{"numeric":[">",1,"<=",2]}"#,
        ),
        (range(Bound::Unbounded, Bound::Excluded(number("2"))), r#"{"numeric":["<",2]}"#),
        (cidr("10.1.2.3/8"), r#"{"cidr":"10.0.0.0/8"}"#),
        (Test::Exists, r#"{"exists":true}"#),
        (anything_but([string("a")]), r#"{"anything-but":"a"}"#),
        (anything_but([string("a"), string("b")]), r#"{"anything-but":["a","b"]}"#),
        (
            anything_but([Test::Prefix("a".into()), Test::Prefix("b".into())]),
            r#"{"anything-but":{"prefix":["a","b"]}}"#,
        ),
        (
            anything_but([string("a*"), wildcard("b*", Case::Exact)]),
            r#"{"anything-but":{"wildcard":["a\\*","b*"]}}"#,
        ),
        (anything_but([at_least("5")]), r#"{"anything-but":{"numeric":[">=",5]}}"#),
        (anything_but([cidr("::/0")]), r#"{"anything-but":{"cidr":"::/0"}}"#),
        (regex("a+"), r#"{"regex":"a+"}"#),
        (Test::AllOf([Test::Exists, string("a")].into()), r#"{"all-of":[{"exists":true},"a"]}"#),
    ];
    for (test, expected) in table {
        let mut written = String::new();
        test.write_json(&mut written);
        assert_eq!(expected, written);
    }
}

#[test]
fn a_condition_is_written_as_its_values_list() {
    let list = ValuesList {
        some: smallvec![string("x"), Test::Exists],
        none: [[Test::Exists].into(), [string("y"), string("z")].into()].into(),
    };
    let mut written = String::new();
    list.write_json(&mut written);
    let expected = r#"["x",{"exists":true},{"exists":false},{"none-of":["y","z"]}]"#;
    assert_eq!(expected, written);
}

#[test]
fn a_test_takes_three_words() {
    assert_eq!(24, size_of::<Test>());
}
