//! What `iostat` and `mpstat` print with `-o JSON`: reports of a host, `{"sysstat": {"hosts": [{…, "statistics": [REPORT, …]}]}}`.

use outparse_sdk::document::{Document, Node};
use outparse_sdk::{Error, Field, Problem};

/// Does something with each report. A document of another kind is unrecognised.
pub(crate) fn reports(document: &Document, mut each: impl FnMut(&Node<'_>) -> Result<(), Problem>) -> Result<(), Error> {
    let whole = document.read().map_err(Error::Unrecognised)?;
    let hosts = whole.get("sysstat").and_then(|sysstat| sysstat.get("hosts"));
    let hosts = hosts.ok_or_else(|| Error::Unrecognised(whole.expected("an object `sysstat` with `hosts`")))?;
    for host in hosts.items().map_err(Error::Unrecognised)? {
        let reports = host.get("statistics").ok_or_else(|| Error::Unrecognised(host.expected("a host with `statistics`")))?;
        for report in reports.items().map_err(Error::Unrecognised)? {
            each(report).map_err(Error::Unrecognised)?;
        }
    }
    Ok(())
}

/// The names of an object, and their values as they would stand in a table.
pub(crate) fn cells<'n>(object: &'n Node<'_>) -> Result<Vec<(&'n [u8], Field<'n>)>, Problem> {
    object.members()?.iter().map(|(name, value)| Ok((&**name, value.cell()?))).collect()
}
