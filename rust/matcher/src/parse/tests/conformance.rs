//! The conformance cases, as far as they concern the pattern alone.

use std::path::Path;

use serde_json::Value;

use crate::parse::parse;
use crate::pattern::Dialect;

/// Every line of the conformance cases.
fn cases() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            let text = std::fs::read_to_string(path).unwrap();
            cases.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        }
    }
    cases
}

/// The patterns of a case: its own, or those of its rules.
fn patterns(case: &Value) -> Vec<&str> {
    let rules = case["rules"].as_object().into_iter().flat_map(|rules| rules.values());
    let lists = rules.map(|rule| rule.as_array().map_or(std::slice::from_ref(rule), Vec::as_slice));
    case["pattern"].as_str().into_iter().chain(lists.flatten().filter_map(Value::as_str)).collect()
}

/// A pattern with an `error` is refused in both dialects with that kind or with `error_or`.
#[test]
fn refuses_what_the_cases_refuse() {
    let refused: Vec<_> = cases().into_iter().filter(|case| case.get("error").is_some()).collect();
    assert_eq!(326, refused.len());
    for case in refused {
        let text = case["pattern"].as_str().unwrap();
        let error = parse(text.as_bytes(), Dialect::Aws).expect_err(text);
        let kinds = [case["error"].as_str(), case["error_or"].as_str()];
        let kind = error.kind().as_str();
        assert!(kinds.contains(&Some(kind)), "{kind} instead of one of {kinds:?}: {text}");
        assert!(error.offset() <= text.len(), "{error}: {text}");
    }
}

/// Every other pattern compiles, in the extended dialect to the same as in that of AWS.
#[test]
fn accepts_what_the_cases_accept() {
    let mut count = 0;
    for case in cases().iter().filter(|case| case.get("error").is_none()) {
        for text in patterns(case) {
            let aws = parse(text.as_bytes(), Dialect::Aws).expect(text);
            let extended = parse(text.as_bytes(), Dialect::Extended).expect(text);
            assert_eq!(aws.conjunctions, extended.conjunctions, "{text}");
            count += 1;
        }
    }
    assert!(count >= 1_536, "only {count} patterns");
}
