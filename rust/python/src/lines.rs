//! Events from newline-separated JSON.

use std::borrow::Cow;
use std::iter::once;

use memchr::{memchr_iter, memrchr};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyList, PyMemoryView, PyString};

use crate::batch::Batches;
use crate::errors::{Refusal, Role};
use crate::input::{Input, Source};

/// Match the events of a text, one a line.
pub fn match_all<'py>(
    batches: Batches<'_, 'py>,
    lines: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    let (text, unread) = read(lines)?;
    let mut events = events(&text);
    loop {
        let (numbers, batch): (Vec<usize>, Vec<&[u8]>) =
            events.by_ref().take(batches.size()).unzip();
        batches.answer(&batch, |refused| {
            let refusal = Refusal::of_event(&refused.error, Source::Text);
            refusal.at(format_args!("line {}", numbers[refused.index]))
        })?;
        if batch.len() < batches.size() {
            break;
        }
    }
    match unread {
        Some(refusal) => Err(refusal.into()),
        None => Ok(batches.into_answers()),
    }
}

/// Return the lines that are not blank, with their numbers.
fn events(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = 0;
    let lines = memchr_iter(b'\n', text).chain(once(text.len())).map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    });
    (1..).zip(lines).filter(|(_, line)| !line.iter().all(|byte| b" \t\r".contains(byte)))
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
