//! The cases in `tests/transforms`, which the Python tests run, too.

use std::fs;
use std::path::Path;

use rulebus_event::{Context, RenderError, Transform, TransformError};
use serde_json::Value;

const CONTEXT: Context<'static> = Context {
    rule_name: "rule-1",
    rule_arn: "arn:aws:events:eu-1:123456789012:rule/rule-1",
    ingestion_time: Some(1_767_323_046_789),
};

fn cases() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/transforms");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .flat_map(|path| {
            let text = fs::read_to_string(path).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>()
        })
        .collect()
}

fn compiled(case: &Value) -> Result<Transform, TransformError> {
    if let Some(input) = case["input"].as_str() {
        return Transform::constant(input);
    }
    if let Some(path) = case["input_path"].as_str() {
        return Transform::path(path);
    }
    let paths = case["input_paths_map"].as_object().unwrap();
    let paths = paths.iter().map(|(name, path)| (name.as_str(), path.as_str().unwrap()));
    Transform::transformer(paths, case["input_template"].as_str().unwrap())
}

fn refusal(error: &TransformError) -> (String, String, u64) {
    (error.kind().as_str().to_owned(), error.part().to_string(), error.offset() as u64)
}

fn failure(error: &RenderError) -> (String, u64) {
    (error.kind().as_str().to_owned(), error.offset() as u64)
}

/// Every case gives the output, the refusal or the failure that it states.
#[test]
fn cases_give_what_they_state() {
    let cases = cases();
    assert!(cases.len() > 150);
    for case in cases {
        let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
        let transform = match compiled(&case) {
            Ok(transform) => transform,
            Err(error) => {
                let expected = (text("error"), text("part"), case["offset"].as_u64().unwrap());
                assert_eq!(expected, refusal(&error), "{case}");
                continue;
            }
        };
        assert!(case["error"].is_null(), "{case}");
        match transform.render(text("event").as_bytes(), &CONTEXT) {
            Ok(output) => assert_eq!(text("output"), String::from_utf8(output).unwrap(), "{case}"),
            Err(error) => {
                let expected = (text("render_error"), case["offset"].as_u64().unwrap());
                assert_eq!(expected, failure(&error), "{case}");
            }
        }
    }
}

/// An event that is cut off anywhere is rendered or refused, but nothing panics.
#[test]
fn cut_events_do_no_harm() {
    let paths = [("a", "$.detail.a[*].b"), ("c", "$.detail.c"), ("d", "$.detail")];
    let transform = Transform::transformer(paths, r#"["<a>", "<c>", <d>]"#).unwrap();
    let event = r#"{"detail": {"a": [{"b": "\u00e9"}, {"b": [1, {}]}], "c": "x\n"}}"#;
    for end in 0..event.len() {
        let cut = &event.as_bytes()[..end];
        assert!(transform.render(cut, &CONTEXT).is_err(), "{end}");
    }
}
