//! Events from newline-separated JSON.

use std::borrow::Cow;
use std::iter::{from_fn, once};

use memchr::{memchr, memchr_iter, memrchr};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyList, PyMemoryView, PyString};

use crate::batch::Batches;
use crate::errors::{Refusal, Role};
use crate::input::{Input, Source};
use crate::share::{Refused, Share};

/// Bytes that a line is taken to have, where a text is cut into shares.
const LINE: usize = 256;

/// Match the events of a text, one a line.
pub fn match_all<'py>(
    batches: Batches<'_, 'py>,
    lines: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    let (text, unread) = read(lines)?;
    batches.answer(pieces(&text, batches.share() * LINE))?;
    match unread {
        Some(refusal) => Err(refusal.into()),
        None => Ok(batches.into_answers()),
    }
}

/// Whole lines of a text, and what comes before them.
struct Lines<'a> {
    before: &'a [u8],
    lines: &'a [u8],
}

/// Cut a text behind the first line that ends after `size` bytes, and so on.
fn pieces(text: &[u8], size: usize) -> impl Iterator<Item = Lines<'_>> {
    let mut start = 0;
    from_fn(move || {
        let (before, rest) = text.split_at(start);
        let newline = memchr(b'\n', rest.get(size..).unwrap_or_default());
        let lines = &rest[..newline.map_or(rest.len(), |newline| size + newline + 1)];
        start += lines.len();
        (!lines.is_empty()).then_some(Lines { before, lines })
    })
}

impl Share for Lines<'_> {
    fn texts(&self) -> Vec<&[u8]> {
        events(self.lines).map(|(_, event)| event).collect()
    }

    fn refusal(&self, refused: Refused, _: usize) -> Refusal {
        let (above, _) = events(self.lines).nth(refused.index).expect("a line was refused");
        let number = memchr_iter(b'\n', self.before).count() + above + 1;
        Refusal::of_event(&refused.error, Source::Text).at(format_args!("line {number}"))
    }
}

/// Return the lines that are not blank, each with the number of those above it.
fn events(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = 0;
    let lines = memchr_iter(b'\n', text).chain(once(text.len())).map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    });
    (0..).zip(lines).filter(|(_, line)| !line.iter().all(|byte| b" \t\r".contains(byte)))
}

/// Read the text up to the first line that UTF-8 has no form for, and say why that is refused.
fn read<'a>(lines: &'a Bound<'_, PyAny>) -> PyResult<(Cow<'a, [u8]>, Option<Refusal>)> {
    let is_text = lines.is_instance_of::<PyBytes>()
        || lines.is_instance_of::<PyString>()
        || lines.is_instance_of::<PyByteArray>()
        || lines.is_instance_of::<PyMemoryView>();
    if !is_text {
        let expected = "lines must be bytes, bytearray, memoryview or str";
        let message = format!("{expected}, not {}", lines.get_type().name()?);
        return Err(PyTypeError::new_err(message));
    }
    match Input::read(lines, Role::Event) {
        Ok(input) => Ok((input.text, None)),
        Err(refusal @ Refusal::Content(..)) => {
            let mut text: Vec<u8> =
                lines.call_method1("encode", ("utf-8", "surrogatepass"))?.extract()?;
            let valid = std::str::from_utf8(&text).map_or_else(|e| e.valid_up_to(), str::len);
            text.truncate(memrchr(b'\n', &text[..valid]).map_or(0, |newline| newline + 1));
            let number = memchr_iter(b'\n', &text).count() + 1;
            Ok((Cow::Owned(text), Some(refusal.at(format_args!("line {number}")))))
        }
        Err(refusal) => Err(refusal.into()),
    }
}
