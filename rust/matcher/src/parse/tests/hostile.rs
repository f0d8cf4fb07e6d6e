//! Patterns written to break the parser.

use super::{conjunctions, refused};
use crate::error::PatternErrorKind;
use crate::parse::parse;
use crate::pattern::Dialect;

/// Write a `$or` of `branches` branches.
fn or(branches: usize) -> String {
    let branches: Vec<_> = (0..branches).map(|n| format!(r#"{{"f":[{n}]}}"#)).collect();
    format!(r#""$or":[{}]"#, branches.join(","))
}

/// Write a pattern with a `$or` for each factor, each at a field of its own.
fn product(factors: &[usize]) -> String {
    let fields = factors.iter().enumerate();
    let fields: Vec<_> =
        fields.map(|(n, factor)| format!(r#""k{n}":{{{}}}"#, or(*factor))).collect();
    format!("{{{}}}", fields.join(","))
}

/// Exactly 128 levels may be open at once, counting lists and match objects.
#[test]
fn limits_nesting() {
    let nested = |objects: usize, leaf: &str| {
        format!("{}{leaf}{}", r#"{"a":"#.repeat(objects), "}".repeat(objects))
    };
    for (objects, leaf) in
        [(127, "[1]"), (126, r#"[{"prefix":"x"}]"#), (125, r#"[{"numeric":["=",1]}]"#)]
    {
        let expected = vec!["a"; objects].join(".");
        assert_eq!(expected, &*conjunctions(&nested(objects, leaf))[0][0].path);
        let error = refused(&nested(objects + 1, leaf), Dialect::Aws);
        assert_eq!(PatternErrorKind::TooDeep, error.kind());
        assert_eq!("nested deeper than 128 levels", error.message());
    }
}

/// Ten thousand levels are refused at the 129th, whatever they are made of.
#[test]
fn survives_deep_nesting() {
    for (opening, place) in
        [("[", 128), (r#"{"a":"#, 640), (r#"{"$or":[{"a":[1]},"#, 1_142), (r#"{"":["#, 320)]
    {
        let error = refused(&opening.repeat(10_000), Dialect::Extended);
        assert_eq!((PatternErrorKind::TooDeep, place), (error.kind(), error.offset()), "{opening}");
    }
    let tests = format!(r#"{{"a":[{}"#, r#"{"all-of":["#.repeat(10_000));
    assert_eq!(PatternErrorKind::TooDeep, refused(&tests, Dialect::Extended).kind());
}

/// A pattern that is cut off at any byte is not JSON, or not UTF-8, and breaks nothing.
#[test]
fn survives_truncation() {
    let text = r#"{"é\u00e9\ud83d\ude00":[null,true,false,-1.5e+3,"x\\",{"exists":false}],
        "b":{"c":[{"anything-but":{"wildcard":["a*b","\\*"]}},{"numeric":[">",0,"<=",1e400]}]},
        "$or":[{"d":[{"cidr":"10.0.0.0/8"}]},{"e":[{"prefix":{"equals-ignore-case":"É"}}]}]}"#;
    assert!(parse(text.as_bytes(), Dialect::Aws).is_ok());
    for end in 0..text.len() {
        let error = parse(&text.as_bytes()[..end], Dialect::Aws).unwrap_err();
        let kind = error.kind();
        let expected = [
            PatternErrorKind::Syntax,
            PatternErrorKind::InvalidUtf8,
            PatternErrorKind::LoneSurrogate,
        ];
        assert!(expected.contains(&kind), "{kind:?} at {end}");
        assert!(error.offset() <= end, "{error} at {end}");
    }
}

/// A pattern with any byte replaced by any other is not JSON exactly if `serde_json` says so.
#[test]
fn survives_replaced_bytes() {
    const NOT_JSON: [PatternErrorKind; 4] = [
        PatternErrorKind::Syntax,
        PatternErrorKind::TrailingContent,
        PatternErrorKind::LoneSurrogate,
        PatternErrorKind::InvalidUtf8,
    ];
    let text = r#" {"a":["\u00e9\ud83d\ude00é",{"wildcard":"x\\*"},true,false,null],
        "$or":[{"b":[-1.50e+3]},{"c":[{"numeric":["=",0]}]}]}"#;
    for place in 0..text.len() {
        for byte in 0..=u8::MAX {
            let mut other = text.as_bytes().to_vec();
            other[place] = byte;
            let kind = parse(&other, Dialect::Extended).err().map(|error| error.kind());
            let is_json = serde_json::from_slice::<serde_json::Value>(&other).is_ok();
            let found = !kind.is_some_and(|kind| NOT_JSON.contains(&kind));
            assert_eq!(is_json, found, "{kind:?}: {}", String::from_utf8_lossy(&other));
        }
    }
}

/// A pattern may have exactly 1,000 conjunctions, by one `$or` or by a product of several.
#[test]
fn limits_conjunctions() {
    for factors in [&[1_000][..], &[10, 100], &[8, 125], &[2, 2, 2, 5, 5, 5]] {
        assert_eq!(1_000, conjunctions(&product(factors)).len(), "{factors:?}");
    }
    for factors in [&[1_001][..], &[7, 11, 13], &[2, 501], &[2; 10]] {
        let error = refused(&product(factors), Dialect::Aws);
        let last = format!("k{}.$or", factors.len() - 1);
        assert_eq!((PatternErrorKind::TooManyCombinations, &*last), (error.kind(), error.path()));
    }
}

/// Branches of branches are added, and products inside a branch count.
#[test]
fn counts_nested_branches() {
    let nested = format!(r#"{{"$or":[{{{}}},{{{}}}]}}"#, or(400), or(600));
    assert_eq!(1_000, conjunctions(&nested).len());
    let nested = format!(r#"{{"$or":[{{{}}},{{{}}}]}}"#, or(400), or(601));
    assert_eq!(PatternErrorKind::TooManyCombinations, refused(&nested, Dialect::Aws).kind());
    let nested = format!(r#"{{"$or":[{},{{"a":[1]}}]}}"#, product(&[27, 37]));
    assert_eq!(1_000, conjunctions(&nested).len());
}

/// A product beyond every integer is counted and not expanded.
#[test]
fn counts_without_expanding() {
    let error = refused(&product(&vec![2; 5_000]), Dialect::Aws);
    assert_eq!((PatternErrorKind::TooManyCombinations, "k9.$or"), (error.kind(), error.path()));
    let error = refused(&product(&[1_000; 100]), Dialect::Aws);
    assert_eq!((PatternErrorKind::TooManyCombinations, "k1.$or"), (error.kind(), error.path()));
}

/// Long lists, objects and texts are read in linear time.
#[test]
fn reads_long_patterns() {
    let numbers: Vec<_> = (0..200_000).map(|n| n.to_string()).collect();
    let list = format!(r#"{{"a":[{}]}}"#, numbers.join(","));
    assert_eq!(200_000, conjunctions(&list)[0][0].list.some.len());
    let fields: Vec<_> = (0..50_000).map(|n| format!(r#""f{n}":[1]"#)).collect();
    assert_eq!(50_000, conjunctions(&format!("{{{}}}", fields.join(",")))[0].len());
    let text = "x".repeat(1_000_000);
    assert_eq!(text, &*conjunctions(&format!(r#"{{"{text}":[1]}}"#))[0][0].path);
}
