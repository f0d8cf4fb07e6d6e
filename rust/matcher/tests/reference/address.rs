//! Addresses and ranges of addresses.

use std::net::IpAddr;

/// Say whether the text spells an address in the range `address/bits`.
pub fn range_contains(range: &str, text: &str) -> bool {
    let (base, bits) = range.split_once('/').expect("a slash in the range");
    let base: IpAddr = base.parse().expect("an address before the slash");
    let bits: u32 = bits.parse().expect("a number after the slash");
    let Ok(address) = text.parse::<IpAddr>() else { return false };
    match (base.to_canonical(), address.to_canonical()) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let bits = if base.is_ipv6() { bits - 96 } else { bits };
            leading(u32::from(network).into(), 32, bits)
                == leading(u32::from(address).into(), 32, bits)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            leading(network.into(), 128, bits) == leading(address.into(), 128, bits)
        }
        _ => false,
    }
}

/// Return the first `bits` of a number of `width` bits.
fn leading(number: u128, width: u32, bits: u32) -> u128 {
    number.checked_shr(width - bits).unwrap_or(0)
}
