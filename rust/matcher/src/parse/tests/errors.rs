//! Kind, path, place and message of what is refused.

use super::refused;
use crate::parse::parse;
use crate::pattern::Dialect;

/// A refused pattern: its text, and kind, path, offset and message of the error.
type Case = (&'static str, &'static str, &'static str, usize, &'static str);

/// One or more of each kind, in the order of the kinds.
const CASES: &[Case] = &[
    ("", "syntax", "", 0, "not JSON: expected a value"),
    (r#"{"a":[1}"#, "syntax", "a", 7, "not JSON: expected ',' or ']'"),
    (
        r#"{"a":{"b":[01]}}"#,
        "syntax",
        "a.b",
        11,
        "not JSON: expected a number without leading zeros",
    ),
    (r#"{"a" [1]}"#, "syntax", "a", 5, "not JSON: expected ':'"),
    (r#"{"a":[1],}"#, "syntax", "", 9, "not JSON: expected a member name in quotes"),
    (
        r#"{"a":[1]} {}"#,
        "trailing-content",
        "",
        10,
        "content after the end of the pattern, expected white space only",
    ),
    (" [1]", "not-an-object", "", 1, "a pattern must be a JSON object"),
    (
        r#"{"a":["x\ud800"]}"#,
        "lone-surrogate",
        "a",
        8,
        "half of a surrogate pair in a string, expected both halves",
    ),
    (
        r#"{"a":{"b":[1],"\u0062":[2]}}"#,
        "duplicate-name",
        "a.b",
        14,
        r#""b" stands twice in one object, expected different names"#,
    ),
    (
        r#"{"a":{"b":{}}}"#,
        "empty-object",
        "a.b",
        10,
        "an empty object, expected at least one field",
    ),
    ("{}", "empty-object", "", 0, "an empty object, expected at least one field"),
    (r#"{"a":[]}"#, "empty-array", "a", 5, "an empty list, expected at least one element"),
    (
        r#"{"a":[{"anything-but":{"prefix":[]}}]}"#,
        "empty-array",
        "a.anything-but.prefix",
        32,
        "an empty list, expected at least one element",
    ),
    (
        r#"{"detail":{"state":"x"}}"#,
        "bad-field",
        "detail.state",
        19,
        "a field is a string, expected a list of values or an object of fields",
    ),
    (
        r#"{"a":["x",["y"]]}"#,
        "nested-array",
        "a",
        10,
        "a list inside a list of values, expected a scalar or a match object",
    ),
    (r#"{"a":["x",{}]}"#, "empty-match", "a", 10, "an empty match object, expected one operator"),
    (
        r#"{"a":[{"prefix":"x","suffix":"y"}]}"#,
        "several-operators",
        "a.suffix",
        20,
        "more than one operator in a match object, expected one",
    ),
    (
        r#"{"a":["x",{"Prefix":"x"}]}"#,
        "unknown-operator",
        "a.Prefix",
        11,
        "unknown operator \"Prefix\", expected one of exactly, prefix, suffix, equals-ignore-case, \
         wildcard, numeric, cidr, exists, anything-but",
    ),
    (
        r#"{"a":[{"prefix":{"suffix":"x"}}]}"#,
        "unknown-operator",
        "a.prefix.suffix",
        17,
        r#""suffix" inside "prefix", expected "equals-ignore-case" or no operator"#,
    ),
    (
        r#"{"a":[{"anything-but":{"exists":true}}]}"#,
        "unknown-operator",
        "a.anything-but.exists",
        23,
        "\"exists\" inside \"anything-but\", expected prefix, suffix, equals-ignore-case or wildcard",
    ),
    (
        r#"{"a":[{"cidr":[]}]}"#,
        "operand-type",
        "a.cidr",
        14,
        r#""cidr" has a list, expected a string"#,
    ),
    (
        r#"{"a":[{"exists":null}]}"#,
        "operand-type",
        "a.exists",
        16,
        r#""exists" has null, expected true or false"#,
    ),
    (
        r#"{"a":[{"anything-but":["x",true]}]}"#,
        "operand-type",
        "a.anything-but",
        27,
        r#""anything-but" has a boolean, expected strings or numbers in its list"#,
    ),
    (
        r#"{"a":[{"anything-but":{"suffix":["x",""]}}]}"#,
        "empty-operand",
        "a.anything-but.suffix",
        37,
        "an empty \"suffix\" inside \"anything-but\", expected at least one character, for every \
         string has the empty one",
    ),
    (
        r#"{"a":[{"anything-but":["x",1]}]}"#,
        "mixed-list",
        "a.anything-but",
        27,
        "a list of \"anything-but\" has a string and a number, expected all strings or all numbers",
    ),
    (
        r#"{"a":[{"numeric":["=>",5]}]}"#,
        "numeric-syntax",
        "a.numeric",
        18,
        r#""numeric" has the comparison "=>", expected "=", "<", "<=", ">" or ">=""#,
    ),
    (
        r#"{"a":[{"numeric":[5]}]}"#,
        "numeric-syntax",
        "a.numeric",
        18,
        r#""numeric" has a number, expected a comparison"#,
    ),
    (
        r#"{"a":[{"numeric":["=","5"]}]}"#,
        "numeric-syntax",
        "a.numeric",
        22,
        r#""numeric" has a string, expected a number"#,
    ),
    (
        r#"{"a":[{"numeric":[">",0,"<"]}]}"#,
        "numeric-syntax",
        "a.numeric",
        24,
        r#""numeric" has a comparison without a number, expected a number behind it"#,
    ),
    (
        r#"{"a":[{"numeric":["<",5,">",0]}]}"#,
        "numeric-syntax",
        "a.numeric",
        24,
        "\"numeric\" has comparisons that do not go together, expected one, or \">\" or \">=\" and \
         then \"<\" or \"<=\"",
    ),
    (
        r#"{"a":[{"numeric":[">",0,"<",5,"<",6]}]}"#,
        "numeric-syntax",
        "a.numeric",
        30,
        "\"numeric\" has comparisons that do not go together, expected one, or \">\" or \">=\" and \
         then \"<\" or \"<=\"",
    ),
    (
        r#"{"a":[{"numeric":[">=",5,"<=",5.0]}]}"#,
        "numeric-range",
        "a.numeric",
        30,
        "the lower bound of a range is not below the upper one, expected it below",
    ),
    (
        r#"{"a":[{"wildcard":"\u0061\\x"}]}"#,
        "wildcard-escape",
        "a.wildcard",
        25,
        r"a backslash in front of neither * nor \, expected \* or \\",
    ),
    (
        r#"{"a":[{"anything-but":{"wildcard":["a*","é\n**"]}}]}"#,
        "wildcard-double-star",
        "a.anything-but.wildcard",
        46,
        "two adjacent stars, expected one",
    ),
    (
        r#"{"a":[1],"$or":[{"b":[1]}]}"#,
        "or-shape",
        "$or",
        15,
        "\"$or\" has only one branch, expected a list of at least two objects",
    ),
    (
        r#"{"a":{"$or":[{"b":[1]},"x"]}}"#,
        "or-shape",
        "a.$or",
        23,
        "\"$or\" has a string as a branch, expected a list of at least two objects",
    ),
    (
        r#"{"$or":{"b":[1]}}"#,
        "or-shape",
        "$or",
        7,
        "\"$or\" has an object as its value, expected a list of at least two objects",
    ),
    (
        r#"{"$or":[{"a":[1]},{"b":{"cidr":[1]}}]}"#,
        "or-reserved-name",
        "$or.b.cidr",
        24,
        "a field inside \"$or\" is named like the operator \"cidr\", expected another name or the \
         operator in a values list",
    ),
];

/// An error says what was wrong and expected, at which path and at which byte.
#[test]
fn says_what_is_wrong_and_where() {
    for (text, kind, path, offset, message) in CASES {
        let error = refused(text, Dialect::Aws);
        let found = (error.kind().as_str(), error.path(), error.offset(), error.message());
        assert_eq!((*kind, *path, *offset, *message), found, "{text}");
    }
}

/// The faults of an address range are told apart at the operand.
#[test]
fn refuses_address_ranges() {
    let cases = [
        (r#"{"a":[{"cidr":"10.0.0.0"}]}"#, "cidr-syntax"),
        (r#"{"a":[{"cidr":"10.0.0.256/8"}]}"#, "cidr-address"),
        (r#"{"a":[{"cidr":"10.0.0.0/33"}]}"#, "cidr-mask"),
    ];
    for (text, kind) in cases {
        let error = refused(text, Dialect::Aws);
        let found = (error.kind().as_str(), error.path(), error.offset());
        assert_eq!((kind, "a.cidr", 14), found, "{text}");
    }
}

/// Bytes that are no UTF-8 are refused where they begin.
#[test]
fn refuses_invalid_utf_8() {
    for bytes in [&b"{\"a\":[\"\xFF\"]}"[..], b"{\"a\":[\"\xED\xA0\x80\"]}", b"{\"a\":[\"\xC3"] {
        let error = parse(bytes, Dialect::Aws).unwrap_err();
        let found = (error.kind().as_str(), error.path(), error.offset());
        assert_eq!(("invalid-utf-8", "", 7), found, "{bytes:?}");
    }
}

/// What only the extended dialect has is refused in that of AWS, and the message says why.
#[test]
fn refers_to_the_extended_dialect() {
    let cases = [
        (r#"{"a":[{"regex":"x"}]}"#, "unknown-operator"),
        (r#"{"a":[{"all-of":["x"]}]}"#, "unknown-operator"),
        (r#"{"a":[{"none-of":["x"]}]}"#, "unknown-operator"),
        (r#"{"a":[{"anything-but":{"numeric":["=",1]}}]}"#, "unknown-operator"),
        (r#"{"a":[{"anything-but":{"cidr":"10.0.0.0/8"}}]}"#, "unknown-operator"),
        (r#"{"a":[{"wildcard":{"equals-ignore-case":"x*"}}]}"#, "operand-type"),
    ];
    for (text, kind) in cases {
        assert!(parse(text.as_bytes(), Dialect::Extended).is_ok(), "{text}");
        let error = refused(text, Dialect::Aws);
        assert_eq!(kind, error.kind().as_str(), "{text}");
        assert!(error.message().contains("needs the extended dialect"), "{error}");
    }
}

/// The operators of the extended dialect have operands that can be wrong in their own ways.
#[test]
fn refuses_operands_of_the_extended_dialect() {
    let cases = [
        (r#"{"a":[{"regex":5}]}"#, "operand-type", "a.regex", 15),
        (r#"{"a":[{"regex":"("}]}"#, "regex", "a.regex", 15),
        (r#"{"a":[{"all-of":"x"}]}"#, "operand-type", "a.all-of", 16),
        (r#"{"a":[{"all-of":[]}]}"#, "empty-array", "a.all-of", 16),
        (r#"{"a":[{"all-of":[["x"]]}]}"#, "nested-array", "a.all-of", 17),
        (r#"{"a":[{"all-of":[{"exists":false}]}]}"#, "operand-type", "a.all-of.exists", 27),
        (r#"{"a":[{"all-of":[{"exists":1}]}]}"#, "operand-type", "a.all-of.exists", 27),
        (r#"{"a":[{"all-of":[{"none-of":[1]}]}]}"#, "unknown-operator", "a.all-of.none-of", 18),
        (r#"{"a":[{"none-of":[]}]}"#, "empty-array", "a.none-of", 17),
        (r#"{"a":[{"none-of":{}}]}"#, "operand-type", "a.none-of", 17),
        (r#"{"a":[{"none-of":[{"exists":false}]}]}"#, "operand-type", "a.none-of.exists", 28),
        (r#"{"a":[{"none-of":[{"none-of":[1]}]}]}"#, "unknown-operator", "a.none-of.none-of", 19),
        (r#"{"a":[{"wildcard":5}]}"#, "operand-type", "a.wildcard", 18),
        (r#"{"a":[{"wildcard":{}}]}"#, "empty-match", "a.wildcard", 18),
        (r#"{"a":[{"wildcard":{"prefix":"x"}}]}"#, "unknown-operator", "a.wildcard.prefix", 19),
        (
            r#"{"a":[{"wildcard":{"equals-ignore-case":"**"}}]}"#,
            "wildcard-double-star",
            "a.wildcard.equals-ignore-case",
            42,
        ),
        (
            r#"{"a":[{"anything-but":{"regex":"x"}}]}"#,
            "unknown-operator",
            "a.anything-but.regex",
            23,
        ),
        (
            r#"{"a":[{"anything-but":{"wildcard":{"equals-ignore-case":"x*"}}}]}"#,
            "operand-type",
            "a.anything-but.wildcard",
            34,
        ),
        (
            r#"{"a":[{"anything-but":{"cidr":["10.0.0.0/8"]}}]}"#,
            "operand-type",
            "a.anything-but.cidr",
            30,
        ),
        (r#"{"$or":[{"all-of":[1]},{"b":[1]}]}"#, "or-reserved-name", "$or.all-of", 9),
        (r#"{"$or":[{"none-of":[1]},{"b":[1]}]}"#, "or-reserved-name", "$or.none-of", 9),
    ];
    for (text, kind, path, offset) in cases {
        let error = refused(text, Dialect::Extended);
        let found = (error.kind().as_str(), error.path(), error.offset());
        assert_eq!((kind, path, offset), found, "{text}");
    }
}

/// Only AWS's own names and those of the dialect are reserved inside `$or`, and nowhere else.
#[test]
fn reserves_names_inside_or_only() {
    let cases = [
        r#"{"prefix":["x"],"=":["x"],"date-after":["x"],"regex":{"cidr":[1]}}"#,
        r#"{"$or":[{"all-of":["x"]},{"none-of":["x"]}]}"#,
        r#"{"numeric":{"$or":[{"a":[1]},{"b":[1]}]}}"#,
    ];
    for text in cases {
        assert!(parse(text.as_bytes(), Dialect::Aws).is_ok(), "{text}");
    }
}
