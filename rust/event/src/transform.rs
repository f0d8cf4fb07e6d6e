//! What a target is given of an event.

use crate::error::{Fault, RenderError, TransformError, TransformErrorKind, TransformPart};
use crate::path::{EventPath, Notation, parse};
use crate::template::{Template, Variables, check_json};

/// What a template can say that is not in the event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The name of the rule that matched.
    pub rule_name: &'a str,
    /// The ARN of that rule.
    pub rule_arn: &'a str,
    /// When the event was taken in, in milliseconds since the epoch; the event's own time if `None`.
    pub ingestion_time: Option<i64>,
}

/// A compiled transform: a constant, a path, or a template.
#[derive(Debug)]
pub struct Transform(Kind);

#[derive(Debug)]
enum Kind {
    Constant(Box<[u8]>),
    Path(EventPath),
    Template(Template),
}

impl Transform {
    /// Deliver this JSON text in place of every event.
    ///
    /// # Errors
    ///
    /// The text is not JSON.
    pub fn constant(input: &str) -> Result<Self, TransformError> {
        check_json(input).map_err(|fault| TransformError::new(fault, TransformPart::Input))?;
        Ok(Self(Kind::Constant(input.as_bytes().into())))
    }

    /// Deliver what is at a path, as JSON text; `null` if nothing is.
    ///
    /// # Errors
    ///
    /// The path is not of the subset that `EventBridge` has.
    pub fn path(path: &str) -> Result<Self, TransformError> {
        EventPath::parse(path).map(|path| Self(Kind::Path(path)))
    }

    /// Deliver a template whose placeholders are filled with what is at the paths.
    ///
    /// # Errors
    ///
    /// A name or a path is not one, or the template is refused.
    pub fn transformer<'p>(
        paths: impl IntoIterator<Item = (&'p str, &'p str)>,
        template: &str,
    ) -> Result<Self, TransformError> {
        let mut variables = Variables::default();
        for (name, path) in paths {
            let of_path =
                |fault| TransformError::new(fault, TransformPart::InputPathsMap(name.to_owned()));
            check_name(name).map_err(of_path)?;
            let steps = parse(path, Notation::Dots).map_err(of_path)?;
            variables.insert(name, &steps);
        }
        let template = Template::parse(template, variables)
            .map_err(|fault| TransformError::new(fault, TransformPart::InputTemplate))?;
        Ok(Self(Kind::Template(template)))
    }

    /// Return what the target is given of an event.
    ///
    /// The event is one that a matcher has read: only the parts that the transform asks for are
    /// looked at, so not every fault of another text is found.
    ///
    /// # Errors
    ///
    /// A value breaks the quotes that it is put in, or the event is not JSON.
    pub fn render(&self, event: &[u8], context: &Context<'_>) -> Result<Vec<u8>, RenderError> {
        match &self.0 {
            Kind::Constant(text) => Ok(text.to_vec()),
            Kind::Path(path) => Ok(path.json(event)?.unwrap_or_else(|| b"null".to_vec())),
            Kind::Template(template) => template.render(event, context),
        }
    }
}

fn check_name(name: &str) -> Result<(), Fault> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !(1..=256).contains(&name.len()) || !name.bytes().all(is_plain) {
        let message = format!("name {name:?}: expected 1 to 256 letters, digits, '_' or '-'");
        return Err(Fault::new(TransformErrorKind::PathName, 0, message));
    }
    if name.starts_with("AWS") {
        let message = format!("name {name:?}: names that begin with AWS are reserved");
        return Err(Fault::new(TransformErrorKind::PathName, 0, message));
    }
    Ok(())
}
