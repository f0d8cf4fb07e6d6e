//! The slow, obvious check of an event's text: RFC 8259 read out loud, one byte at a time.
//!
//! It shares no code with the crate, and says of a refused text what is wrong and where.

/// How many arrays and objects may be open at once.
const MAX_DEPTH: usize = 512;

/// The kind of a fault, as the crate spells it, and its byte offset.
pub type Fault = (&'static str, usize);

/// Return what is wrong with the text of an event.
pub fn fault(event: &[u8]) -> Option<Fault> {
    match std::str::from_utf8(event) {
        Err(error) => Some(("invalid-utf-8", error.valid_up_to())),
        Ok(_) => Checker { bytes: event, at: 0, depth: 0 }.event().err(),
    }
}

struct Checker<'t> {
    bytes: &'t [u8],
    at: usize,
    depth: usize,
}

impl Checker<'_> {
    fn event(&mut self) -> Result<(), Fault> {
        let first = self.next_token();
        let start = self.at;
        self.value()?;
        if first != Some(b'{') {
            return Err(("not-an-object", start));
        }
        match self.next_token() {
            None => Ok(()),
            Some(_) => Err(("trailing-content", self.at)),
        }
    }

    fn value(&mut self) -> Result<(), Fault> {
        match self.next_token() {
            Some(b'{') => self.container(b'}', Self::member),
            Some(b'[') => self.container(b']', Self::value),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ => self.syntax(),
        }
    }

    fn container(
        &mut self,
        closing: u8,
        item: impl Fn(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if self.depth == MAX_DEPTH {
            return Err(("too-deep", self.at));
        }
        self.depth += 1;
        self.at += 1;
        if self.next_token() != Some(closing) {
            item(self)?;
            while self.next_token() == Some(b',') {
                self.at += 1;
                item(self)?;
            }
        }
        self.expect(closing)?;
        self.depth -= 1;
        Ok(())
    }

    fn member(&mut self) -> Result<(), Fault> {
        if self.next_token() != Some(b'"') {
            return self.syntax();
        }
        self.string()?;
        self.next_token();
        self.expect(b':')?;
        self.value()
    }

    fn string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        loop {
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(0..0x20) | None => return self.syntax(),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Fault> {
        match self.bytes.get(self.at + 1) {
            Some(b'u') => return self.unicode_escape(),
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            _ => return self.syntax(),
        }
        Ok(())
    }

    /// Step over `\uXXXX`, or two of them where the first is a high surrogate.
    fn unicode_escape(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let first = self.code_unit()?;
        let is_pair = (0xD800..0xDC00).contains(&first)
            && self.bytes[self.at..].starts_with(br"\u")
            && (0xDC00..0xE000).contains(&self.code_unit()?);
        if (0xD800..0xE000).contains(&first) && !is_pair {
            return Err(("lone-surrogate", start));
        }
        Ok(())
    }

    fn code_unit(&mut self) -> Result<u32, Fault> {
        let digits = self.bytes.get(self.at + 2..self.at + 6).unwrap_or_default();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(("syntax", self.at));
        }
        self.at += 6;
        let digits = digits.iter().map(|digit| char::from(*digit).to_digit(16));
        Ok(digits.fold(0, |unit, digit| unit * 16 + digit.expect("a hexadecimal digit")))
    }

    fn number(&mut self) -> Result<(), Fault> {
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit)
        {
            return self.syntax();
        }
        self.digits()?;
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let count = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return self.syntax();
        }
        self.at += count;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), Fault> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return self.syntax();
        }
        self.at += word.len();
        Ok(())
    }

    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.byte() != Some(byte) {
            return self.syntax();
        }
        self.at += 1;
        Ok(())
    }

    /// Step over white space and return the byte behind it.
    fn next_token(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.byte()
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn syntax(&self) -> Result<(), Fault> {
        Err(("syntax", self.at))
    }
}
