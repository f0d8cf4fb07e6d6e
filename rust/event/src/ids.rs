//! Event ids: random UUIDs of version 4 (RFC 9562).

/// Random bytes that are fetched at once: a system call for each id would cost more than the id.
const POOL: usize = 4_096;

/// The text of an id, 36 ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId([u8; 36]);

impl EventId {
    /// Return the version 4 UUID that has these random bits, of which six give way to the version.
    fn from_random(mut bytes: [u8; 16]) -> Self {
        const HEX: &[u8; 16] = b"0123456789abcdef";

        bytes[6] = 0x40 | bytes[6] & 0x0F;
        bytes[8] = 0x80 | bytes[8] & 0x3F;
        let mut text = [b'-'; 36];
        let mut place = 0;
        for (index, byte) in bytes.into_iter().enumerate() {
            place += usize::from(matches!(index, 4 | 6 | 8 | 10));
            text[place] = HEX[usize::from(byte >> 4)];
            text[place + 1] = HEX[usize::from(byte & 15)];
            place += 2;
        }
        Self(text)
    }

    /// Return the id as text.
    ///
    /// # Panics
    ///
    /// Never: an id is ASCII.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("an id is ASCII")
    }
}

/// New ids. All their bits come from the operating system.
#[derive(Debug)]
pub struct EventIds {
    random: [u8; POOL],
    /// How many of the random bytes are used up.
    used: usize,
}

impl Default for EventIds {
    fn default() -> Self {
        Self { random: [0; POOL], used: POOL }
    }
}

impl EventIds {
    /// Return a new id.
    ///
    /// # Panics
    ///
    /// The operating system has no random bytes.
    pub fn next_id(&mut self) -> EventId {
        if self.used == POOL {
            getrandom::fill(&mut self.random).expect("the operating system has random bytes");
            self.used = 0;
        }
        let bytes = &self.random[self.used..self.used + 16];
        self.used += 16;
        EventId::from_random(bytes.try_into().expect("there are 16 bytes"))
    }

    /// Make sure that a copy of this source, in a forked process, does not give the same ids.
    pub fn forget(&mut self) {
        self.used = POOL;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The version and the variant take the place of six bits, and the others stay.
    #[test]
    fn writes_version_and_variant() {
        let id = EventId::from_random([0; 16]);
        assert_eq!("00000000-0000-4000-8000-000000000000", id.as_str());
        let id = EventId::from_random([255; 16]);
        assert_eq!("ffffffff-ffff-4fff-bfff-ffffffffffff", id.as_str());
        let id = EventId::from_random(
            *b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef",
        );
        assert_eq!("01234567-89ab-4def-8123-456789abcdef", id.as_str());
    }

    /// No id comes twice, also beyond one pool and after the pool was forgotten.
    #[test]
    fn ids_differ() {
        let mut ids = EventIds::default();
        let mut seen: HashSet<EventId> = (0..1_000).map(|_| ids.next_id()).collect();
        ids.forget();
        seen.extend((0..1_000).map(|_| ids.next_id()));
        assert_eq!(2_000, seen.len());
    }
}
