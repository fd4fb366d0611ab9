// SPDX-License-Identifier: Apache-2.0

//! Whom shares are counted by.

use std::net::{IpAddr, Ipv6Addr};

/// How many bits of an IPv6 address are the network that one customer gets.
const NETWORK_BITS: u32 = 64;

/// An address as far as it tells callers apart: an IPv4 address, or a /64 of IPv6, of which whoever has
/// one address has them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source(IpAddr);

impl From<IpAddr> for Source {
	fn from(address: IpAddr) -> Self {
		// A socket that listens on IPv6 gives IPv4 addresses as IPv6 ones.
		Self(match address.to_canonical() {
			IpAddr::V6(address) => {
				let network = address.to_bits() & (u128::MAX << (u128::BITS - NETWORK_BITS));
				Ipv6Addr::from_bits(network).into()
			}
			address => address,
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn source(address: &str) -> Source {
		address.parse::<IpAddr>().unwrap().into()
	}

	#[test]
	fn a_network_of_ipv6_is_one_source_and_an_address_of_ipv4_is_another() {
		assert_eq!(source("2001:db8:1:2::1"), source("2001:db8:1:2:ffff:ffff:ffff:ffff"));
		assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
		assert_ne!(source("10.0.0.1"), source("10.0.0.2"));
		assert_eq!(source("::ffff:10.0.0.1"), source("10.0.0.1"));
	}
}
