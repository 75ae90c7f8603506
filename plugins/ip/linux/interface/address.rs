//! A line of an address: `inet 10.0.0.1/24 scope global eth0`.

use outparse_sdk::{Field, Problem};

use crate::interface::record::Address;
use crate::words::{Words, lifetime, owned};

/// `inet 10.0.0.1 peer 10.0.0.2/32 brd 10.0.0.255 scope global secondary dynamic eth0`
pub(crate) fn address(line: Field<'_>) -> Result<Address, Problem> {
    const FLAGS: [&[u8]; 15] = [
        b"secondary",
        b"temporary",
        b"nodad",
        b"optimistic",
        b"home",
        b"deprecated",
        b"tentative",
        b"permanent",
        b"mngtmpaddr",
        b"noprefixroute",
        b"autojoin",
        b"dynamic",
        b"dadfailed",
        b"stable-privacy",
        b"primary",
    ];
    let mut words = Words::of(line);
    let family = words.next().ok_or_else(|| line.expected("an address"))?;
    let mut found = Address { family: owned(family), ..Address::default() };
    let word = words.value(family)?;
    (found.address, found.prefix_length) = with_prefix(word)?;
    while let Some(word) = words.next() {
        match word.bytes {
            b"peer" => {
                let (peer, prefix) = with_prefix(words.value(word)?)?;
                (found.peer, found.prefix_length) = (Some(peer), prefix);
            }
            b"brd" => found.broadcast = owned(words.value(word)?),
            b"any" => found.anycast = owned(words.value(word)?),
            b"scope" => found.scope = owned(words.value(word)?),
            b"metric" => found.metric = Some(words.value(word)?.integer()?),
            b"proto" => found.protocol = owned(words.value(word)?),
            b"valid_lft" => found.valid_lifetime = lifetime(words.value(word)?)?,
            b"preferred_lft" => found.preferred_lifetime = lifetime(words.value(word)?)?,
            // Those that `ip` has no name for.
            b"flags" => found.flags.push([b"flags=", words.value(word)?.bytes].concat()),
            flag if FLAGS.contains(&flag) => found.flags.push(flag.to_vec()),
            // The last word that is none of these.
            _ => found.label = owned(word),
        }
    }
    Ok(found)
}

pub(crate) fn with_prefix(word: Field<'_>) -> Result<(Vec<u8>, Option<i64>), Problem> {
    match word.split_once("/") {
        Some((address, prefix)) => Ok((address.bytes.to_vec(), Some(prefix.integer()?))),
        None => Ok((word.bytes.to_vec(), None)),
    }
}
