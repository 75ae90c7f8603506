//! Addresses of IPv4 as people write them.

/// An IPv4 address, without the detour over formatting: it is most of what these files say.
pub(super) fn dotted(address: [u8; 4]) -> String {
    let mut text = String::with_capacity(15);
    for (place, byte) in address.into_iter().enumerate() {
        let digit = |digit: u8| char::from(b'0' + digit);
        if place > 0 {
            text.push('.');
        }
        if byte > 99 {
            text.push(digit(byte / 100));
        }
        if byte > 9 {
            text.push(digit(byte / 10 % 10));
        }
        text.push(digit(byte % 10));
    }
    text
}
