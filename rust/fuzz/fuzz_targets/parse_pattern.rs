//! Any text compiles or is refused with a place in it, and what compiles works in a matcher.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rulebus_matcher::{Dialect, Matcher, Pattern};

fuzz_target!(|text: &[u8]| {
    for dialect in [Dialect::Aws, Dialect::Extended] {
        match Pattern::parse(text, dialect) {
            Ok(pattern) => {
                let matcher = Matcher::new();
                matcher.add("rule", &pattern, ());
                // A pattern is a well-formed event too, down to its limit of nesting.
                let answer = matcher.matching(text).expect("JSON that compiled");
                let explanation = matcher.explain("rule", text).expect("JSON that compiled");
                assert_eq!(!answer.is_empty(), explanation.expect("a rule").matched);
                assert!(matcher.remove("rule").is_some());
                assert_eq!(0, matcher.statistics().paths);
            }
            Err(error) => assert!(error.offset() <= text.len(), "{error}"),
        }
    }
});
