//! Rules of exact tests, and events that match one rule each.

use rulebus_matcher::{Dialect, Matcher, Pattern};

/// The text of the pattern of a rule: three fields, the last of which only this rule asks for.
pub fn pattern(rule: usize) -> String {
    format!(
        r#"{{"source":["shop.orders"],"detail-type":["Order Placed"],"detail":{{"id":["order-{rule}"]}}}}"#
    )
}

/// An event that matches this rule and no other.
pub fn event(rule: usize) -> String {
    format!(
        r#"{{"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718","detail-type":"Order Placed","source":"shop.orders","account":"111122223333","time":"2026-11-25T10:00:00Z","region":"eu-central-1","resources":["arn:aws:shop:eu-central-1:111122223333:order"],"detail":{{"id":"order-{rule}","customer":{{"id":"c-20417","name":"A. Example"}},"lines":[{{"sku":"tea-100","quantity":2,"price":12.5}},{{"sku":"cup-7","quantity":1,"price":8.0}}],"total":33.0,"currency":"EUR"}}}}"#
    )
}

/// Parse the patterns of the first `rules` rules.
pub fn patterns(rules: usize) -> Vec<(String, Pattern, ())> {
    (0..rules)
        .map(|rule| {
            let pattern = Pattern::parse(pattern(rule).as_bytes(), Dialect::Aws);
            (format!("rule-{rule}"), pattern.expect("a good pattern"), ())
        })
        .collect()
}

/// Build a matcher of the first `rules` rules.
pub fn matcher(rules: usize) -> Matcher {
    let matcher = Matcher::new();
    matcher.add_many(patterns(rules));
    matcher
}
