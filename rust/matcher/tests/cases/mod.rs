//! The conformance cases of the repository.

use std::fs;
use std::path::Path;

use crate::reference::Json;

/// One line of the conformance data.
pub struct Case {
    pub id: String,
    pub kind: Kind,
}

/// What a case says.
pub enum Kind {
    /// The pattern compiles and the event is good: a verdict.
    Verdict { pattern: String, event: String, matches: bool },
    /// The pattern is refused with one of the kinds.
    RefusedPattern { pattern: String, errors: Vec<String> },
    /// The event is refused with the kind.
    RefusedEvent { pattern: String, event: String, error: String },
    /// Several rules in one matcher: the names that match, sorted.
    RuleSet { rules: Vec<(String, String)>, event: String, matches: Vec<String> },
}

/// Read all cases of all files.
pub fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder of the cases")
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    files.sort();
    let read = |path| fs::read_to_string(path).expect("a file of cases in UTF-8");
    files.iter().flat_map(|path| read(path).lines().map(case).collect::<Vec<_>>()).collect()
}

fn case(line: &str) -> Case {
    let line = Json::read(line);
    let text = |name| line.get(name).and_then(Json::as_str).map(str::to_owned);
    let kind = match (text("pattern"), text("event"), text("error"), text("event_error")) {
        (Some(pattern), Some(event), None, None) => {
            Kind::Verdict { pattern, event, matches: line.get("match") == Some(&Json::True) }
        }
        (Some(pattern), None, Some(error), None) => {
            let errors = [Some(error), text("error_or")].into_iter().flatten().collect();
            Kind::RefusedPattern { pattern, errors }
        }
        (Some(pattern), Some(event), None, Some(error)) => {
            Kind::RefusedEvent { pattern, event, error }
        }
        (None, Some(event), None, None) => Kind::RuleSet {
            rules: rules(line.get("rules").expect("rules")),
            event,
            matches: {
                let mut names = strings(line.get("matches").expect("matches"));
                names.sort();
                names
            },
        },
        _ => panic!("not a case: {line:?}"),
    };
    Case { id: text("id").expect("an id"), kind }
}

/// Read the rules by name; several patterns of one name become the branches of a `$or`.
fn rules(rules: &Json) -> Vec<(String, String)> {
    let Json::Object(members) = rules else { panic!("rules are an object") };
    let pattern = |patterns: &Json| match &strings(patterns)[..] {
        [single] => single.clone(),
        several => format!("{{\"$or\":[{}]}}", several.join(",")),
    };
    members.iter().map(|(name, patterns)| (name.clone(), pattern(patterns))).collect()
}

fn strings(list: &Json) -> Vec<String> {
    list.as_list().iter().filter_map(Json::as_str).map(str::to_owned).collect()
}
