//! Any bytes are an event or are refused, with the fault and the place that the slow check names.
#![no_main]

#[path = "../../matcher/tests/checker/mod.rs"]
mod checker;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rulebus_matcher::{Dialect, Matcher, Pattern, Scratch};

/// Asks for members at several depths, so that the bytes of an event are taken, entered or skipped
/// by the names around them.
const PATTERN: &str = r#"{"a": {"b": ["x", 1, null, {"exists": false}], "c": {"d": [{"prefix": "x"}]}},
    "a.e": [true], "a name that is longer than one word": [{"numeric": [">", 0]}]}"#;

/// With a rule that asks for some members, and with none, where all of an event is skipped.
static MATCHERS: LazyLock<[Matcher; 2]> = LazyLock::new(|| {
    let pattern = Pattern::parse(PATTERN.as_bytes(), Dialect::Aws).expect("a valid pattern");
    let asking = Matcher::new();
    asking.add("rule", &pattern, ());
    [asking, Matcher::new()]
});

fuzz_target!(|event: &[u8]| {
    let expected = checker::fault(event);
    for matcher in MATCHERS.iter() {
        let (rules, mut scratch) = (matcher.snapshot(), Scratch::default());
        // The second time the layout of the event is known.
        for _ in 0..2 {
            let error = rules.matches(event, &mut scratch, &mut Vec::new()).err();
            assert_eq!(
                expected,
                error.map(|error| (error.kind().as_str(), error.offset())),
                "{}",
                event.escape_ascii()
            );
        }
    }
});
