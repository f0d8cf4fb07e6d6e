//! Stepping over a value that no rule asks for.

mod check;
mod container;
mod strings;

use super::{Care, MAX_DEPTH, Scanned, Scanner};
use crate::json;
use crate::simd::{BLOCK, Backend};
use check::CheckedEnd;
use container::ContainerEnd;

/// The kinds of the open containers, a bit each: set for objects.
#[derive(Default)]
struct Open([u64; MAX_DEPTH / 64 + 1]);

impl Open {
    fn set(&mut self, depth: usize, is_object: bool) {
        let bit = 1 << (depth % 64);
        let word = &mut self.0[depth / 64];
        *word = if is_object { *word | bit } else { *word & !bit };
    }

    fn is_object(&self, depth: usize) -> bool {
        self.0[depth / 64] >> (depth % 64) & 1 == 1
    }
}

impl Scanner<'_, '_> {
    /// Skip one value of any kind.
    // Most are strings; they are skipped without a call.
    #[inline(always)]
    pub(super) fn skip(&mut self) -> Scanned {
        match self.peek() {
            Some(b'"') => {
                self.at = json::string_end(self.bytes, self.at + 1)?.0 + 1;
                Ok(())
            }
            Some(b'{' | b'[') => self.skip_container(),
            _ => self.skip_scalar(),
        }
    }

    #[inline(never)]
    fn skip_container(&mut self) -> Scanned {
        if self.care == Care::Structure {
            return self.skip_unseen();
        }
        let may_be_long = self.bytes.len() - self.at >= BLOCK;
        if may_be_long && self.skip_at_once() { Ok(()) } else { self.skip_token_by_token() }
    }

    /// Skip a container without looking at more than strings and brackets.
    fn skip_unseen(&mut self) -> Scanned {
        let rest = &self.bytes[self.at..];
        let Some(len) = Backend::default().run(ContainerEnd(rest)) else {
            self.at = self.bytes.len();
            return Err(self.expected("a closing bracket"));
        };
        self.at += len;
        Ok(())
    }

    /// Skip a container if it is not nested deep and there is no fault in it, and say so.
    ///
    /// Without vector registers it would be no faster than to go from token to token.
    fn skip_at_once(&mut self) -> bool {
        let backend = Backend::default();
        if !backend.is_vector() || self.depth + CheckedEnd::MAX_DEPTH > MAX_DEPTH {
            return false;
        }
        let Some(len) = backend.run(CheckedEnd(&self.bytes[self.at..])) else {
            return false;
        };
        self.at += len;
        true
    }

    /// Skip a container and check every byte of it.
    fn skip_token_by_token(&mut self) -> Scanned {
        let outside = self.depth;
        let mut open = Open::default();
        loop {
            // At the start of a value.
            match self.peek() {
                Some(opening @ (b'{' | b'[')) => {
                    self.open()?;
                    open.set(self.depth, opening == b'{');
                    // `[` and `{` lie two below their closing brackets.
                    if self.peek() == Some(opening + 2) {
                        self.close();
                    } else {
                        if opening == b'{' {
                            self.skip_name()?;
                        }
                        continue;
                    }
                }
                _ => self.skip_scalar()?,
            }
            // Behind a value.
            while self.depth > outside {
                let is_object = open.is_object(self.depth);
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        if is_object {
                            self.skip_name()?;
                        }
                        break;
                    }
                    Some(b'}') if is_object => self.close(),
                    Some(b']') if !is_object => self.close(),
                    _ if is_object => return Err(self.expected("',' or '}'")),
                    _ => return Err(self.expected("',' or ']'")),
                }
            }
            if self.depth == outside {
                return Ok(());
            }
        }
    }

    #[inline(never)]
    pub(super) fn skip_scalar(&mut self) -> Scanned {
        let start = self.at;
        self.at = match self.bytes.get(start) {
            Some(b'"') => json::string_end(self.bytes, start + 1)?.0 + 1,
            Some(b'-' | b'0'..=b'9') => json::number_end(self.bytes, start)?,
            Some(b't') => json::literal_end(self.bytes, start, "true")?,
            Some(b'f') => json::literal_end(self.bytes, start, "false")?,
            Some(b'n') => json::literal_end(self.bytes, start, "null")?,
            _ => return Err(self.expected("a value")),
        };
        Ok(())
    }

    fn skip_name(&mut self) -> Scanned {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a member name in quotes"));
        }
        self.at = json::string_end(self.bytes, self.at + 1)?.0 + 1;
        if self.peek() != Some(b':') {
            return Err(self.expected("':'"));
        }
        self.at += 1;
        Ok(())
    }
}
