//! Decisions read from bytes.

/// A string of bytes that decides; when it is used up, every decision is the simplest one.
pub struct Choices<'b> {
    bytes: std::slice::Iter<'b, u8>,
}

impl<'b> Choices<'b> {
    /// Decide by these bytes, first to last.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { bytes: bytes.iter() }
    }

    /// Say whether all bytes have been used.
    pub fn is_exhausted(&self) -> bool {
        self.bytes.len() == 0
    }

    /// Choose a number below `end`, which is at most 256.
    pub fn below(&mut self, end: usize) -> usize {
        self.bytes.next().map_or(0, |&byte| usize::from(byte) % end)
    }

    /// Choose yes in `percent` of 100 cases.
    pub fn chance(&mut self, percent: u8) -> bool {
        let byte = self.bytes.next().copied().unwrap_or(0);
        u16::from(255 - byte) * 100 < u16::from(percent) * 255
    }

    /// Choose one of the options.
    pub fn pick<T: Clone>(&mut self, options: &[T]) -> T {
        options[self.below(options.len())].clone()
    }
}
