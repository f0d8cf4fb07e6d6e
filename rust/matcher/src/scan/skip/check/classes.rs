//! Where the bytes are that mean something in JSON.

use crate::simd::{BLOCK, Block, GROUP, Places};

/// A class of bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Class {
    Quote,
    Backslash,
    /// `{` and `[`.
    Opening,
    /// `}` and `]`.
    Closing,
    Comma,
    Blank,
    Colon,
    Control,
    Digit,
    Zero,
    Dot,
    Minus,
    Plus,
    /// `e` and `E`.
    E,
}

const CLASSES: usize = Class::E as usize + 1;

/// The classes of the bytes in a group of blocks.
///
/// All are found before one is looked at: a processor that has to put words together to one long
/// word waits until they are stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes([[u64; 8]; CLASSES]);

impl Classes {
    /// Find the classes in the group at `start`; behind the text there are blanks.
    #[inline(always)]
    pub fn find<B: Block>(&mut self, text: &[u8], start: usize) {
        let rest = &text[start..];
        for block in 0..GROUP / BLOCK {
            match rest.get(block * BLOCK..) {
                Some(rest) if !rest.is_empty() => match rest.first_chunk() {
                    Some(bytes) => self.set(block, B::load(bytes), 0),
                    None => self.set_last::<B>(block, text, rest.len()),
                },
                _ => self.set_blank(block),
            }
        }
    }

    #[inline(always)]
    pub fn get<P: Places>(&self, class: Class) -> P {
        P::new(self.0[class as usize])
    }

    /// Set the words of a block of which the first `unwanted` bytes do not count.
    #[inline(always)]
    fn set<B: Block>(&mut self, number: usize, block: B, unwanted: usize) {
        let words = &mut self.0;
        let mut set = |class: Class, word: u64| words[class as usize][number] = word >> unwanted;
        set(Class::Quote, block.equal(b'"'));
        set(Class::Backslash, block.equal(b'\\'));
        set(Class::Opening, block.equal_either(b'{'));
        set(Class::Closing, block.equal_either(b'}'));
        set(Class::Comma, block.equal(b','));
        set(Class::Blank, block.blanks());
        set(Class::Colon, block.equal(b':'));
        set(Class::Control, block.controls());
        set(Class::Digit, block.digits());
        set(Class::Zero, block.equal(b'0'));
        set(Class::Dot, block.equal(b'.'));
        set(Class::Minus, block.equal(b'-'));
        set(Class::Plus, block.equal(b'+'));
        set(Class::E, block.equal_either(b'e'));
    }

    /// Set the words of the block that the last `len` bytes of the text begin.
    #[inline(always)]
    fn set_last<B: Block>(&mut self, number: usize, text: &[u8], len: usize) {
        if let Some(bytes) = text.last_chunk() {
            self.set(number, B::load(bytes), BLOCK - len);
        } else {
            let mut bytes = [b' '; BLOCK];
            bytes[..len].copy_from_slice(text);
            self.set(number, B::load(&bytes), 0);
        }
        self.0[Class::Blank as usize][number] |= u64::MAX << len;
    }

    #[inline(always)]
    fn set_blank(&mut self, number: usize) {
        self.0.iter_mut().for_each(|words| words[number] = 0);
        self.0[Class::Blank as usize][number] = u64::MAX;
    }
}
