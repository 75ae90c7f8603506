//! `/etc/resolv.conf`: name servers, and how names are looked up.

use outparse_sdk::{About, Ending, Error, Line, Parser, Record, Rows, Source};

/// What the file says.
#[derive(Clone, Debug, Default, Record)]
pub struct Resolver {
    /// Name servers, in the order in which they are asked.
    pub name_servers: Vec<Vec<u8>>,
    /// Domain of this machine.
    pub domain: Option<Vec<u8>>,
    /// Domains in which a short name is looked up.
    pub search: Vec<Vec<u8>>,
    /// Addresses that are preferred, each perhaps with a mask.
    pub sort_list: Vec<Vec<u8>>,
    /// Options: `ndots:2`, `edns0`, …
    pub options: Vec<Vec<u8>>,
}

/// Reads `/etc/resolv.conf`.
pub struct ResolvConf {
    resolver: Resolver,
}

impl Parser for ResolvConf {
    const ABOUT: About = About {
        name: "resolv-conf",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Name servers and how names are looked up, as /etc/resolv.conf has them",
        files: &["/etc/resolv.conf", "/run/systemd/resolve/*.conf"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Resolver;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ResolvConf { resolver: Resolver::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() || matches!(text.bytes[0], b'#' | b';') {
            return Ok(());
        }
        let [keyword, rest] = text.fields_and_rest()?;
        let words = || {
            rest.fields()
                .take_while(|word| !matches!(word.bytes[0], b'#' | b';'))
                .map(|word| word.bytes.to_vec())
                .collect::<Vec<_>>()
        };
        match keyword.bytes {
            b"nameserver" => self.resolver.name_servers.extend(words()),
            b"domain" => self.resolver.domain = words().into_iter().next(),
            // The last one counts.
            b"search" => self.resolver.search = words(),
            b"sortlist" => self.resolver.sort_list = words(),
            b"options" => self.resolver.options.extend(words()),
            _ => return Err(keyword.expected("`nameserver`, `domain`, `search`, `sortlist` or `options`").into()),
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            rows.push(std::mem::take(&mut self.resolver));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::ResolvConf;

    #[test]
    fn all_lines_are_one_record() {
        let parsed =
            parse::<ResolvConf>(None, b"# x\nnameserver 1.1.1.1\nnameserver ::1 # y\nsearch a b\noptions ndots:2 edns0\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"name_servers":["1.1.1.1","::1"],"domain":null,"search":["a","b"],"sort_list":[],"options":["ndots:2","edns0"]}"#
            ]
        );
        assert_unrecognised::<ResolvConf>(["hello\n", "server x\n"]);
    }
}
