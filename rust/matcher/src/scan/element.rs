//! The array element that values stand in, which is numbered only when one of them is taken.

use std::cell::Cell;

use crate::values::{ArrayId, ContextId, Values};

/// The innermost array around a value of which it stands in an element; `None` outside of arrays.
pub(super) type Within<'o> = Option<&'o OpenArray<'o>>;

/// An array whose elements are being read.
pub(super) struct OpenArray<'o> {
    around: Within<'o>,
    /// Number of names that lead to it.
    steps: u32,
    id: Cell<Option<ArrayId>>,
    index: Cell<u32>,
    /// The element at hand.
    element: Cell<Option<ContextId>>,
}

impl<'o> OpenArray<'o> {
    pub fn new(around: Within<'o>, steps: u32) -> Self {
        let (id, element) = (Cell::new(None), Cell::new(None));
        Self { around, steps, id, index: Cell::new(0), element }
    }

    /// Begin an element.
    #[inline]
    pub fn enter(&self, index: u32) {
        self.index.set(index);
        self.element.set(None);
    }

    #[inline(never)]
    fn context(&self, values: &mut Values) -> ContextId {
        if let Some(element) = self.element.get() {
            return element;
        }
        let parent = context(self.around, values);
        let array = self.id.get().unwrap_or_else(|| values.open_array(self.steps));
        let element = values.open_element(parent, array, self.index.get());
        self.id.set(Some(array));
        self.element.set(Some(element));
        element
    }
}

/// Return the number of the element that a value to be taken stands in.
// Mostly it is none, which must not cost a call.
#[allow(clippy::inline_always)]
#[inline(always)]
pub(super) fn context(within: Within<'_>, values: &mut Values) -> ContextId {
    match within {
        Some(array) => array.context(values),
        None => ContextId::ROOT,
    }
}
