//! A JSON tree that keeps number spellings and the order of members.

/// A JSON value; numbers keep their text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    Null,
    False,
    True,
    Number(String),
    String(String),
    Array(Vec<Json>),
    /// Every name once: of members with one name the last is kept.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Read well-formed text; panic on any other.
    pub fn read(text: &str) -> Self {
        let mut reader = Reader { rest: text };
        let value = reader.value();
        assert_eq!("", reader.rest.trim_ascii(), "content after the value in {text:?}");
        value
    }

    /// Return the name and the value of the member of an object that has exactly one.
    pub fn only_member(&self) -> Option<(&str, &Self)> {
        match self {
            Self::Object(members) if members.len() == 1 => Some((&members[0].0, &members[0].1)),
            _ => None,
        }
    }

    /// Return the member of that name of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(n, _)| n == name).map(|(_, v)| v),
            _ => None,
        }
    }

    /// Return the text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Return the elements of an array, or the value itself as the only one.
    pub fn as_list(&self) -> &[Self] {
        match self {
            Self::Array(elements) => elements,
            single => std::slice::from_ref(single),
        }
    }
}

/// Splits text at brackets and commas; the strings go through `serde_json`.
struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn value(&mut self) -> Json {
        match self.peek() {
            '{' => self.object(),
            '[' => self.array(),
            '"' => Json::String(self.string()),
            _ => match self.take(self.rest.find([',', ']', '}', ' ', '\t', '\r', '\n'])) {
                "null" => Json::Null,
                "false" => Json::False,
                "true" => Json::True,
                number => Json::Number(number.to_owned()),
            },
        }
    }

    fn object(&mut self) -> Json {
        let mut members: Vec<(String, Json)> = Vec::new();
        self.skip('{');
        while self.peek() != '}' {
            let name = self.string();
            self.skip(':');
            let value = self.value();
            members.retain(|(earlier, _)| *earlier != name);
            members.push((name, value));
            self.skip_comma();
        }
        self.skip('}');
        Json::Object(members)
    }

    fn array(&mut self) -> Json {
        let mut elements = Vec::new();
        self.skip('[');
        while self.peek() != ']' {
            elements.push(self.value());
            self.skip_comma();
        }
        self.skip(']');
        Json::Array(elements)
    }

    fn string(&mut self) -> String {
        self.peek();
        let mut escaped = false;
        let end = self.rest.char_indices().skip(1).find_map(|(at, c)| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes.then_some(at + 1)
        });
        serde_json::from_str(self.take(end)).expect("a well-formed string")
    }

    fn peek(&mut self) -> char {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.rest.chars().next().expect("more text")
    }

    fn skip(&mut self, expected: char) {
        assert_eq!(expected, self.peek(), "before {:?}", self.rest);
        self.rest = &self.rest[1..];
    }

    fn skip_comma(&mut self) {
        if self.peek() == ',' {
            self.skip(',');
        }
    }

    fn take(&mut self, end: Option<usize>) -> &'t str {
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }
}
