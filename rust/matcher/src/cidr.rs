//! IP addresses and the networks that `cidr` names.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::PatternErrorKind;

/// By so many bits an IPv6 address is longer than an IPv4 one, which ends it when mapped.
const MAPPED_BITS: u32 = Ipv6Addr::BITS - Ipv4Addr::BITS;

/// The version of the Internet Protocol that an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    /// Return the length of an address in bits.
    fn width(self) -> u32 {
        match self {
            Self::V4 => Ipv4Addr::BITS,
            Self::V6 => Ipv6Addr::BITS,
        }
    }
}

/// An IP address; one that is IPv4-mapped counts as IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    family: Family,
    /// From the most significant bit on, rest zero.
    bits: u128,
}

impl Address {
    /// Read an address in the text forms of RFC 4291 section 2.2 or as four decimal octets.
    pub fn parse(text: &[u8]) -> Option<Self> {
        str::from_utf8(text).ok()?.parse().ok().map(Self::new)
    }

    /// Return the version of the protocol.
    pub fn family(&self) -> Family {
        self.family
    }

    /// Return the first `len` bits, rest zero.
    pub fn prefix(&self, len: u32) -> u128 {
        self.bits & u128::MAX.checked_shl(u128::BITS - len).unwrap_or(0)
    }

    fn new(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => {
                Self { family: Family::V4, bits: u128::from(v4.to_bits()) << MAPPED_BITS }
            }
            IpAddr::V6(v6) => Self { family: Family::V6, bits: v6.to_bits() },
        }
    }
}

/// The addresses of one family that share their first bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Network {
    family: Family,
    prefix_len: u8,
    /// Big-endian bytes, because an integer of this size would align all tests to 16 bytes.
    bits: [u8; 16],
}

/// Why the operand of a `cidr` is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NetworkError {
    pub kind: PatternErrorKind,
    /// What was wrong and what was expected.
    pub message: String,
}

impl Network {
    /// Read `address/bits`; the bits of a mapped address count from the front of its IPv6 form.
    pub fn parse(text: &str) -> Result<Self, NetworkError> {
        let (address_text, len_text) =
            text.split_once('/').ok_or_else(|| syntax_error(text, "there is no slash"))?;
        if len_text.contains('/') {
            return Err(syntax_error(text, "there is more than one slash"));
        }
        if !is_plain_integer(len_text) {
            return Err(syntax_error(
                text,
                "the bits are not a decimal integer without sign and leading zeros",
            ));
        }
        let written: IpAddr = address_text.parse().map_err(|_| address_error(address_text))?;
        let address = Address::new(written);
        let skipped = match (written, address.family) {
            (IpAddr::V6(_), Family::V4) => MAPPED_BITS,
            _ => 0,
        };
        let prefix_len = len_text
            .parse::<u32>()
            .ok()
            .and_then(|len| len.checked_sub(skipped))
            .filter(|len| *len <= address.family.width())
            .ok_or_else(|| mask_error(text, skipped, skipped + address.family.width()))?;
        Ok(Self {
            family: address.family,
            prefix_len: u8::try_from(prefix_len).expect("no address has more than 128 bits"),
            bits: address.prefix(prefix_len).to_be_bytes(),
        })
    }

    /// Return the version of the protocol.
    pub fn family(&self) -> Family {
        self.family
    }

    /// Return how many bits the addresses share.
    pub fn prefix_len(&self) -> u32 {
        u32::from(self.prefix_len)
    }

    /// Return the shared bits from the most significant one on, rest zero.
    pub fn bits(&self) -> u128 {
        u128::from_be_bytes(self.bits)
    }

    /// Say whether `address` lies in the network.
    pub fn contains(&self, address: &Address) -> bool {
        self.family == address.family && address.prefix(self.prefix_len()) == self.bits()
    }
}

/// Writes `address/bits`, with the address in its canonical form.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address: IpAddr = match self.family {
            Family::V4 => Ipv4Addr::from_bits((self.bits() >> MAPPED_BITS) as u32).into(),
            Family::V6 => Ipv6Addr::from_bits(self.bits()).into(),
        };
        write!(f, "{address}/{}", self.prefix_len)
    }
}

fn is_plain_integer(text: &str) -> bool {
    match text.as_bytes() {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn syntax_error(text: &str, what: &str) -> NetworkError {
    let message = format!("{text:?} is not an address range: {what}; expected address/bits");
    NetworkError { kind: PatternErrorKind::CidrSyntax, message }
}

fn address_error(text: &str) -> NetworkError {
    let message = format!("{text:?} is not an IPv4 or IPv6 address");
    NetworkError { kind: PatternErrorKind::CidrAddress, message }
}

fn mask_error(text: &str, least: u32, most: u32) -> NetworkError {
    let message = format!("the bits of {text:?} are out of range; expected {least} to {most}");
    NetworkError { kind: PatternErrorKind::CidrMask, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text} is an address"))
    }

    fn network(text: &str) -> Network {
        Network::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    #[test]
    fn spellings_of_one_address_are_equal() {
        let table = [
            ("2001:db8::1", "2001:DB8:0:0:0:0:0:1"),
            ("::", "0:0:0:0:0:0:0:0"),
            ("::1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"),
            ("::102:304", "::1.2.3.4"),
            ("10.0.0.1", "::ffff:a00:1"),
            ("10.0.0.1", "::FFFF:10.0.0.1"),
            ("10.0.0.1", "0:0:0:0:0:ffff:10.0.0.1"),
        ];
        for (a, b) in table {
            assert_eq!(address(a), address(b), "{a} {b}");
        }
    }

    #[test]
    fn anything_else_is_no_address() {
        let table = [
            "",
            "1",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "01.2.3.4",
            "1.2.3.00",
            "1.2.3.4 ",
            " 1.2.3.4",
            "+1.2.3.4",
            "0x1.2.3.4",
            "1.2.3.",
            "host",
            "[::1]",
            "::1%eth0",
            "fe80::1%1",
            ":",
            ":::",
            "1::2::3",
            "12345::",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::",
            "1:2:3:4:5:6:7::8:9",
            "::1.2.3.04",
            "::1.2.3.4:5",
            "1.2.3.4::",
            "::g",
            "::1/128",
            "١.2.3.4",
        ];
        for text in table {
            assert_eq!(None, Address::parse(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_network_contains_the_addresses_with_its_bits() {
        let table = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("10.1.2.3/8", "10.9.9.9", true),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("0.0.0.0/0", "::", false),
            ("0.0.0.0/0", "::ffff:1.2.3.4", true),
            ("::/0", "1.2.3.4", false),
            ("::/0", "::ffff:1.2.3.4", false),
            ("::/0", "ffff::", true),
            ("10.0.0.1/32", "10.0.0.1", true),
            ("10.0.0.1/32", "10.0.0.2", false),
            ("10.0.0.0/24", "a00:12::1", false),
            ("2001::/16", "32.1.5.6", false),
            ("2001:db8::1/128", "2001:db8::1", true),
            ("2001:db8::1/128", "2001:db8::2", false),
            ("::ffff:10.0.0.0/104", "10.200.1.1", true),
            ("::ffff:a00:0/128", "10.0.0.0", true),
            ("::ffff:0:0/96", "192.0.2.1", true),
        ];
        for (range, text, expected) in table {
            assert_eq!(expected, network(range).contains(&address(text)), "{range} {text}");
        }
    }

    #[test]
    fn an_operand_is_refused_for_its_first_fault() {
        use PatternErrorKind::{CidrAddress, CidrMask, CidrSyntax};
        let table = [
            (CidrSyntax, "10.0.0.0"),
            (CidrSyntax, ""),
            (CidrSyntax, "10.0.0.0/"),
            (CidrSyntax, "10.0.0.0/8/"),
            (CidrSyntax, "10.0.0.0//8"),
            (CidrSyntax, "10.0.0.0/+8"),
            (CidrSyntax, "10.0.0.0/-1"),
            (CidrSyntax, "10.0.0.0/08"),
            (CidrSyntax, "10.0.0.0/8 "),
            (CidrSyntax, "10.0.0.0/٨"),
            (CidrAddress, "/8"),
            (CidrAddress, " 10.0.0.0/8"),
            (CidrAddress, "10.00.0.0/8"),
            (CidrAddress, "fe80::1%eth0/64"),
            (CidrMask, "10.0.0.0/33"),
            (CidrMask, "::/129"),
            (CidrMask, "10.0.0.0/99999999999"),
            (CidrMask, "::ffff:10.0.0.0/95"),
            (CidrMask, "::ffff:10.0.0.0/129"),
        ];
        for (kind, text) in table {
            assert_eq!(Err(kind), Network::parse(text).map_err(|error| error.kind), "{text}");
        }
    }

    #[test]
    fn an_error_says_what_was_expected() {
        let table = [
            (
                r#""10.0.0.0" is not an address range: there is no slash; expected address/bits"#,
                "10.0.0.0",
            ),
            (r#""host" is not an IPv4 or IPv6 address"#, "host/8"),
            (r#"the bits of "10.0.0.0/33" are out of range; expected 0 to 32"#, "10.0.0.0/33"),
            (
                r#"the bits of "::ffff:0:0/95" are out of range; expected 96 to 128"#,
                "::ffff:0:0/95",
            ),
        ];
        for (message, text) in table {
            let error = Network::parse(text).expect_err("a fault");
            assert_eq!(message, error.message);
        }
    }

    #[test]
    fn a_network_is_written_without_host_bits() {
        let table = [
            ("10.0.0.0/8", "10.1.2.3/8"),
            ("10.1.0.0/16", "::ffff:10.1.2.3/112"),
            ("2001:db8::/32", "2001:DB8:1::2/32"),
            ("::/0", "ffff::/0"),
        ];
        for (expected, text) in table {
            assert_eq!(expected, network(text).to_string());
        }
    }
}
