//! Reads a static list of plugins: JSON in a file or at a URL. It is anyone's, so its size is limited, and anything in it that
//! makes no sense is an error, not just an entry that is left out.

use std::fmt::Display;

use serde::de::DeserializeOwned;

use outparse::error::Error;
use outparse::registry::{Config, is_sha256};
use outparse::words::plain;
use outparse_fetch::{Reference, Terms};

/// Bytes a list may have.
const MOST_BYTES: u64 = 16 << 20;

/// Reads the list that was named on the command line, or else in the configuration under this name of `[trust]`.
pub(super) fn read<T: DeserializeOwned>(
    config: &Config,
    named: Option<&str>,
    (entry, configured): (&str, Option<&str>),
    option: &str,
) -> Result<(String, T), Error> {
    let place = match (named, configured) {
        (Some(named), _) => named.to_owned(),
        (None, Some(configured)) => config.place(configured),
        (None, None) => {
            return Err(Error::Usage(format!(
                "no list was named: give `{option} FILE|URL`, or set `{entry}` under `[trust]` in the configuration"
            )));
        }
    };
    let reference = Reference::parse(&place)?;
    if matches!(reference, Reference::Oci(_)) {
        return Err(Error::Usage(format!("`{place}` is no list: give a file or a URL")));
    }
    let fetched = reference.fetch(Terms::new(MOST_BYTES, false))?;
    let list = serde_json::from_slice(&fetched.bytes).map_err(|error| senseless(&fetched.origin, error))?;
    Ok((fetched.origin, list))
}

/// The SHA-256 that an entry names, with or without the name of the function.
pub(super) fn sha256_of<'a>(text: &'a str, list: &str) -> Result<&'a str, Error> {
    let digest = text.strip_prefix("sha256:").unwrap_or(text);
    is_sha256(digest).then_some(digest).ok_or_else(|| senseless(list, format_args!("`{}` is no SHA-256", plain(text, 100))))
}

/// The error that something in a list makes no sense.
pub(super) fn senseless(list: &str, why: impl Display) -> Error {
    Error::Declined { why: format!("the list `{list}` makes no sense: {why}"), hint: None }
}
