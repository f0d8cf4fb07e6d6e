//! What a pattern compiles to.

use smallvec::smallvec;

use std::ops::Bound;

use super::conjunctions;
use crate::cidr::Network;
use crate::number::{Number, Range};
use crate::pattern::{Condition, Folded, Literal, Test, ValuesList};
use crate::regex::Regex;
use crate::wildcard::{Case, Parsed, Wildcard};

fn string(text: &str) -> Test {
    Test::Literal(Literal::String(text.into()))
}

fn number(text: &str) -> Test {
    Test::Literal(Literal::Number(Number::parse(text.as_bytes())))
}

fn folded(text: &str) -> Folded {
    Folded(text.into())
}

fn prefix(text: &str) -> Test {
    Test::Prefix(text.into())
}

fn suffix(text: &str) -> Test {
    Test::Suffix(text.into())
}

fn wildcard(text: &str, case: Case) -> Test {
    match Wildcard::parse(text, case) {
        Ok(Parsed::Wildcard(wildcard)) => Test::Wildcard(wildcard),
        other => panic!("no wildcard: {other:?}"),
    }
}

fn range(lower: Bound<&str>, upper: Bound<&str>) -> Test {
    let bound = |bound: Bound<&str>| bound.map(|text| Number::parse(text.as_bytes()));
    Test::Numeric(Range { lower: bound(lower), upper: bound(upper) }.into())
}

fn cidr(text: &str) -> Test {
    Test::Cidr(Network::parse(text).unwrap())
}

fn anything_but(tests: impl Into<Box<[Test]>>) -> Test {
    Test::AnythingBut(tests.into())
}

/// Return the only condition of a pattern that is a values list at field `a`.
fn condition(list: &str) -> Condition {
    let [conjunction] = &conjunctions(&format!(r#"{{"a":{list}}}"#))[..] else {
        panic!("more than one conjunction: {list}");
    };
    let [condition] = &conjunction[..] else { panic!("more than one condition: {list}") };
    condition.clone()
}

/// Return path and literals of each condition, a line for each conjunction.
fn outline(text: &str) -> Vec<String> {
    let outline = |condition: &Condition| format!("{}={:?}", condition.path, condition.list.some);
    let conjunctions = conjunctions(text);
    let lines = conjunctions.iter().map(|it| it.iter().map(outline).collect::<Vec<_>>().join(" "));
    let plain = |line: String| {
        let line = line.replace("Literal(Bool(true))", "T").replace("Literal(Bool(false))", "F");
        line.replace(['[', ']'], "")
    };
    lines.map(plain).collect()
}

/// Every item of a values list that looks at a value becomes one test.
#[test]
fn reads_items() {
    use Bound::{Excluded, Included, Unbounded};
    let cases = [
        (r#""x\u00e9""#, string("xé")),
        ("-1.50e1", number("-15")),
        ("true", Test::Literal(Literal::Bool(true))),
        ("false", Test::Literal(Literal::Bool(false))),
        ("null", Test::Literal(Literal::Null)),
        (r#"{"exactly":"x"}"#, string("x")),
        (r#"{"prefix":"x"}"#, prefix("x")),
        (r#"{"prefix":""}"#, prefix("")),
        (r#"{"prefix":{"equals-ignore-case":"Xß"}}"#, Test::PrefixIgnoreCase(folded("xß"))),
        (r#"{"suffix":"x"}"#, suffix("x")),
        (r#"{"suffix":{"equals-ignore-case":"X"}}"#, Test::SuffixIgnoreCase(folded("x"))),
        (r#"{"equals-ignore-case":"AbC"}"#, Test::EqualsIgnoreCase(folded("abc"))),
        (r#"{"wildcard":"a*B"}"#, wildcard("a*B", Case::Exact)),
        (r#"{"wildcard":"\\*\\\\"}"#, string(r"*\")),
        (r#"{"wildcard":""}"#, string("")),
        (r#"{"wildcard":{"equals-ignore-case":"A*"}}"#, wildcard("a*", Case::Folded)),
        (r#"{"wildcard":{"equals-ignore-case":"A\\*"}}"#, Test::EqualsIgnoreCase(folded("a*"))),
        (r#"{"numeric":["=",5]}"#, range(Included("5"), Included("5"))),
        (r#"{"numeric":["<",5]}"#, range(Unbounded, Excluded("5"))),
        (r#"{"numeric":["<=",5]}"#, range(Unbounded, Included("5"))),
        (r#"{"numeric":[">",5]}"#, range(Excluded("5"), Unbounded)),
        (r#"{"numeric":[">=",5]}"#, range(Included("5"), Unbounded)),
        (r#"{"numeric":[">",-1,"<=",1e400]}"#, range(Excluded("-1"), Included("1e400"))),
        (r#"{"numeric":[">=",0,"\u003c",1]}"#, range(Included("0"), Excluded("1"))),
        (r#"{"cidr":"10.1.2.3/8"}"#, cidr("10.0.0.0/8")),
        (r#"{"exists":true}"#, Test::Exists),
        (r#"{"regex":"a+"}"#, Test::Regex(Regex::new("a+").unwrap())),
        (
            r#"{"all-of":[{"prefix":"x"},{"all-of":[1]},{"exists":true}]}"#,
            Test::AllOf([prefix("x"), Test::AllOf([number("1")].into()), Test::Exists].into()),
        ),
    ];
    for (item, expected) in cases {
        let list = ValuesList { some: smallvec![expected], none: [].into() };
        let expected = Condition { path: "a".into(), list };
        assert_eq!(expected, condition(&format!("[{item}]")), "{item}");
    }
}

/// The operand of `anything-but` becomes the tests that a value must fail.
#[test]
fn reads_anything_but() {
    use Bound::{Excluded, Included};
    let cases = [
        (r#""x""#, anything_but([string("x")])),
        (r#"["x","y","x"]"#, anything_but([string("x"), string("y")])),
        ("5", anything_but([number("5")])),
        ("[5,6,5.0]", anything_but([number("5"), number("6")])),
        (r#"{"prefix":"x"}"#, anything_but([prefix("x")])),
        (r#"{"prefix":["x","y"]}"#, anything_but([prefix("x"), prefix("y")])),
        (r#"{"suffix":["x"]}"#, anything_but([suffix("x")])),
        (
            r#"{"equals-ignore-case":["X","x",""]}"#,
            anything_but([Test::EqualsIgnoreCase(folded("x")), Test::EqualsIgnoreCase(folded(""))]),
        ),
        (r#"{"wildcard":["a*","b"]}"#, anything_but([wildcard("a*", Case::Exact), string("b")])),
        (
            r#"{"numeric":[">=",200,"<",300]}"#,
            anything_but([range(Included("200"), Excluded("300"))]),
        ),
        (r#"{"cidr":"10.0.0.0/8"}"#, anything_but([cidr("10.0.0.0/8")])),
    ];
    for (operand, expected) in cases {
        let list = format!(r#"[{{"anything-but":{operand}}}]"#);
        assert_eq!([expected], condition(&list).list.some[..], "{operand}");
    }
}

/// Absence and `none-of` are lists of tests that every value must fail.
#[test]
fn reads_absence() {
    let absent: Box<[Test]> = [Test::Exists].into();
    let cases = [
        (r#"[{"exists":false}]"#, vec![], vec![absent.clone()]),
        (r#"[{"exists":false},"x"]"#, vec![string("x")], vec![absent.clone()]),
        (r#"[{"none-of":[{"exists":true}]},{"exists":false}]"#, vec![], vec![absent.clone()]),
        (
            r#"["x",{"none-of":["y",{"prefix":"z"},"y"]},{"exists":false}]"#,
            vec![string("x")],
            vec![[string("y"), prefix("z")].into(), absent],
        ),
    ];
    for (list, some, none) in cases {
        let list_of_values = ValuesList { some: some.into(), none: none.into() };
        assert_eq!(list_of_values, condition(list).list, "{list}");
    }
}

/// Of equal tests of a list the first one stays, whatever their spelling.
#[test]
fn drops_equal_tests() {
    let list = r#"[1,"x",1.0,{"exactly":"x"},10e-1,"1",{"wildcard":"x"},{"prefix":"x"},1]"#;
    let expected = [number("1"), string("x"), string("1"), prefix("x")];
    assert_eq!(expected, condition(list).list.some[..]);
}

/// A path is the names from the root joined with dots; empty names are steps too.
#[test]
fn joins_names() {
    let cases = [
        (r#"{"a":[true]}"#, "a=T"),
        (r#"{"a":{"b":{"c":[true]}}}"#, "a.b.c=T"),
        (r#"{"a.b":{"c":[true]}}"#, "a.b.c=T"),
        (r#"{"":[true]}"#, "=T"),
        (r#"{"":{"a":[true]}}"#, ".a=T"),
        (r#"{"a":{"":[true]}}"#, "a.=T"),
        (r#"{"":{"":[true]}}"#, ".=T"),
        (r#"{"\u0061\n":[true]}"#, "a\n=T"),
    ];
    for (text, expected) in cases {
        assert_eq!(vec![expected], outline(text), "{text}");
    }
}

/// All members of an object are required, also when they spell one path in two ways.
#[test]
fn keeps_every_condition() {
    let cases = [
        (r#"{"b":[true],"a":{"x":[true],"y":[false]}}"#, "b=T a.x=T a.y=F"),
        (r#"{"a":{"b":[true]},"a.b":[false]}"#, "a.b=T a.b=F"),
    ];
    for (text, expected) in cases {
        assert_eq!(vec![expected], outline(text), "{text}");
    }
}

/// A `$or` multiplies the rest of its object with its branches, in the order they are written.
#[test]
fn multiplies_branches() {
    let cases: [(&str, &[&str]); 6] = [
        (r#"{"$or":[{"a":[true]},{"b":[true]}]}"#, &["a=T", "b=T"]),
        (
            r#"{"$or":[{"a":[true]},{"b":[true],"c":[true]}],"x":[false]}"#,
            &["x=F a=T", "x=F b=T c=T"],
        ),
        (r#"{"d":{"$or":[{"a":[true]},{"b":[true]}]}}"#, &["d.a=T", "d.b=T"]),
        (
            r#"{"a":[true],"$or":[{"a":[false]},{"$or":[{"b":[true]},{"c":{"d":[true]}}]}]}"#,
            &["a=T a=F", "a=T b=T", "a=T c.d=T"],
        ),
        (
            r#"{"x":{"$or":[{"a":[true]},{"b":[true]}]},"y":{"$or":[{"c":[true]},{"d":[true]}]}}"#,
            &["x.a=T y.c=T", "x.a=T y.d=T", "x.b=T y.c=T", "x.b=T y.d=T"],
        ),
        (
            r#"{"$or":[{"a":{"$or":[{"b":[true]},{"c":[true]}]},"d":[true]},{"e":[true]}]}"#,
            &["d=T a.b=T", "d=T a.c=T", "e=T"],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(expected, outline(text), "{text}");
    }
}
