//! `ip -j`: the same objects in JSON. What is said there in other words than in the text is in the records as the text has it; what the text does
//! not say has the name that JSON gives it.

use outparse_sdk::document::{Content, Document, Member, Node};
use outparse_sdk::{Error, Problem, Record, Rows};

use crate::interface::record::{Address, Interface};
use crate::neighbour::Neighbour;
use crate::route::{NextHop, Route};
use crate::rule::Rule;

/// Reads each object of a list. One that cannot be read is told, and the others are kept.
pub(crate) fn each<R: Record>(
    document: &Document,
    rows: &mut Rows<R>,
    read: impl FnMut(&Node<'_>, &mut Rows<R>) -> Result<(), Problem>,
) -> Result<(), Error> {
    each_of(document.read(), rows, read)
}

/// The same of what was read.
pub(crate) fn each_of<R: Record>(
    whole: Result<Node<'_>, Problem>,
    rows: &mut Rows<R>,
    mut read: impl FnMut(&Node<'_>, &mut Rows<R>) -> Result<(), Problem>,
) -> Result<(), Error> {
    let whole = whole.map_err(Error::Unrecognised)?;
    for object in whole.items().map_err(Error::Unrecognised)? {
        // What was filtered out is an object of nothing.
        if object.members().map_err(Error::Unrecognised)?.iter().all(|(name, value)| is_no_address(name, value)) {
            continue;
        }
        if let Err(problem) = read(object, rows) {
            if !rows.recognised() {
                return Err(Error::Unrecognised(problem));
            }
            rows.problem(problem);
        }
    }
    Ok(())
}

/// With `-o`, an interface without addresses is an object of this alone, and no line of the text.
fn is_no_address(name: &[u8], value: &Node<'_>) -> bool {
    name == b"addr_info" && value.items().is_ok_and(|items| items.is_empty())
}

/// An object of `ip -j address` or `ip -j link`.
pub(crate) fn interface(object: &Node<'_>) -> Result<Interface, Problem> {
    let Some(name) = object.get("ifname") else { return addresses_alone(object) };
    let mut found = Interface { interface: name.text()?.to_vec(), ..Interface::default() };
    let is_pointed = object.get("link_pointtopoint").is_some();
    for (name, value) in object.members()? {
        let text = || value.text().map(|text| Some(text.to_vec()));
        match &**name {
            b"ifname" | b"link_pointtopoint" => {}
            b"ifindex" => found.index = Some(value.integer()?),
            b"link" if matches!(value.content, Content::Null) => found.parent = Some(b"NONE".to_vec()),
            b"link" => found.parent = text()?,
            b"link_index" => found.parent = Some([b"if", value.text()?].concat()),
            b"flags" => found.flags = texts(value)?,
            b"mtu" => found.mtu = Some(value.integer()?),
            b"qdisc" => found.queue_discipline = text()?,
            b"master" => found.master = text()?,
            b"operstate" => found.state = text()?,
            b"linkmode" => found.link_mode = text()?,
            b"group" => found.group = text()?,
            b"txqlen" => found.queue_length = Some(value.integer()?),
            b"link_type" => found.link_type = text()?,
            b"address" => found.mac_address = text()?,
            b"broadcast" if is_pointed => found.link_peer = text()?,
            b"broadcast" => found.mac_broadcast = text()?,
            b"permaddr" => found.permanent_address = text()?,
            b"link_netnsid" | b"link_netns" => found.network_namespace = text()?,
            b"altnames" => found.alternative_names = texts(value)?,
            b"ifalias" => found.description = text()?,
            b"addr_info" => {
                // Those that were filtered out are objects of nothing here, too.
                let addresses = value.items()?.iter().filter(|item| item.members().is_ok_and(|members| !members.is_empty()));
                found.addresses = addresses.map(address).collect::<Result<_, _>>()?;
            }
            b"stats64" | b"stats" => statistics(value, &mut found)?,
            b"linkinfo" => {
                for (name, value) in value.members()? {
                    match &**name {
                        b"info_kind" => found.device_kind = Some(value.text()?.to_vec()),
                        _ => flattened(name, value, &mut found.details.0)?,
                    }
                }
            }
            b"min_mtu" => flattened(b"minmtu", value, &mut found.details.0)?,
            b"max_mtu" => flattened(b"maxmtu", value, &mut found.details.0)?,
            b"inet6_addr_gen_mode" => flattened(b"addrgenmode", value, &mut found.details.0)?,
            b"num_tx_queues" => flattened(b"numtxqueues", value, &mut found.details.0)?,
            b"num_rx_queues" => flattened(b"numrxqueues", value, &mut found.details.0)?,
            other => flattened(other, value, &mut found.details.0)?,
        }
    }
    Ok(found)
}

/// With `-o`, an object has addresses alone, and each of them says whose it is.
fn addresses_alone(object: &Node<'_>) -> Result<Interface, Problem> {
    let expected = || object.expected("an interface, with `ifname`");
    let mut found: Option<Interface> = None;
    for item in object.get("addr_info").ok_or_else(expected)?.items()? {
        let name = item.get("dev").ok_or_else(expected)?.text()?.to_vec();
        let index = item.get("index").map(Node::integer).transpose()?;
        let interface = found.get_or_insert_with(|| Interface { index, interface: name.clone(), ..Interface::default() });
        if interface.interface != name {
            return Err(item.problem("expected addresses of one interface"));
        }
        interface.addresses.push(address(item)?);
    }
    found.ok_or_else(expected)
}

fn address(object: &Node<'_>) -> Result<Address, Problem> {
    let local = object.get("local").ok_or_else(|| object.expected("an address, with `local`"))?;
    let mut found = Address { address: local.text()?.to_vec(), ..Address::default() };
    for (name, value) in object.members()? {
        let text = || value.text().map(|text| Some(text.to_vec()));
        match &**name {
            // Whose it is says its interface.
            b"local" | b"index" | b"dev" => {}
            b"family" => found.family = text()?,
            b"prefixlen" => found.prefix_length = Some(value.integer()?),
            b"address" => found.peer = text()?,
            b"broadcast" => found.broadcast = text()?,
            b"anycast" => found.anycast = text()?,
            b"scope" => found.scope = text()?,
            b"label" => found.label = text()?,
            b"protocol" => found.protocol = text()?,
            b"metric" => found.metric = Some(value.integer()?),
            b"valid_life_time" => found.valid_lifetime = lifetime(value)?,
            b"preferred_life_time" => found.preferred_lifetime = lifetime(value)?,
            flag => match value.content {
                Content::Boolean(true) | Content::Null => found.flags.push(flag.to_vec()),
                Content::Boolean(false) => {}
                _ => found.flags.push([flag, b"=", value.text()?].concat()),
            },
        }
    }
    // `-br` leaves it out.
    let of_address = if found.address.contains(&b':') { b"inet6".to_vec() } else { b"inet".to_vec() };
    found.family.get_or_insert(of_address);
    Ok(found)
}

/// Seconds; the largest number stands for ever.
fn lifetime(value: &Node<'_>) -> Result<Option<i64>, Problem> {
    Ok(Some(value.integer()?).filter(|seconds| *seconds != i64::from(u32::MAX)))
}

fn statistics(object: &Node<'_>, found: &mut Interface) -> Result<(), Problem> {
    for (way, counters) in object.members()? {
        for (name, value) in counters.members()? {
            let place = match (&**way, &**name) {
                (b"rx", b"bytes") => &mut found.rx_bytes,
                (b"rx", b"packets") => &mut found.rx_packets,
                (b"rx", b"errors") => &mut found.rx_errors,
                (b"rx", b"dropped") => &mut found.rx_dropped,
                (b"rx", b"missed_errors") => &mut found.rx_missed,
                (b"rx", b"multicast") => &mut found.rx_multicast,
                (b"tx", b"bytes") => &mut found.tx_bytes,
                (b"tx", b"packets") => &mut found.tx_packets,
                (b"tx", b"errors") => &mut found.tx_errors,
                (b"tx", b"dropped") => &mut found.tx_dropped,
                (b"tx", b"carrier_errors") => &mut found.tx_carrier_errors,
                (b"tx", b"collisions") => &mut found.tx_collisions,
                (way, name) => {
                    let cause = match name {
                        b"over_errors" => b"overrun",
                        b"heartbeat_errors" => b"heartbt",
                        b"carrier_changes" => b"transns",
                        other => other.strip_suffix(b"_errors").unwrap_or(other),
                    };
                    let causes = match way {
                        b"rx" => &mut found.rx_error_causes,
                        b"tx" => &mut found.tx_error_causes,
                        _ => return Err(counters.problem("expected counters of `rx` or `tx`")),
                    };
                    causes.0.push((cause.to_vec(), value.integer()?));
                    continue;
                }
            };
            *place = Some(value.integer()?);
        }
    }
    Ok(())
}

/// An object of `ip -j route`.
pub(crate) fn route(object: &Node<'_>) -> Result<Route, Problem> {
    let destination = object.get("dst").ok_or_else(|| object.expected("a route, with `dst`"))?;
    let mut found = Route { destination: destination.text()?.to_vec(), ..Route::default() };
    if let Some(at) = found.destination.iter().position(|byte| *byte == b'/') {
        let length = outparse_sdk::Field::from(&found.destination[at + 1..]).as_integer();
        found.prefix_length = Some(length.ok_or_else(|| destination.expected("a network with its prefix length"))?);
    }
    let members = unique(object)?;
    for (name, value) in members {
        let text = || value.text().map(|text| Some(text.to_vec()));
        match &**name {
            b"dst" => {}
            b"encap" => found.details.0.push((name.to_vec(), encapsulation(object)?)),
            b"type" => found.r#type = text()?,
            b"gateway" | b"via" => found.gateway = Some(gateway(value)?),
            b"dev" => found.interface = text()?,
            b"protocol" => found.protocol = text()?,
            b"scope" => found.scope = text()?,
            b"prefsrc" => found.source = text()?,
            b"metric" => found.metric = Some(value.integer()?),
            b"table" => found.table = text()?,
            b"pref" => found.preference = text()?,
            b"expires" => found.expires = Some(value.integer()?),
            b"error" => found.error = Some(value.integer()?),
            b"flags" => found.flags.extend(texts(value)?),
            b"nexthops" => found.next_hops = value.items()?.iter().map(next_hop).collect::<Result<_, _>>()?,
            b"metrics" => {
                for (name, value) in value.items()?.iter().map(Node::members).collect::<Result<Vec<_>, _>>()?.concat() {
                    match &*name {
                        b"mtu" => found.mtu = Some(value.integer()?),
                        other => flattened(other, &value, &mut found.details.0)?,
                    }
                }
            }
            other => flattened(other, value, &mut found.details.0)?,
        }
    }
    Ok(found)
}

/// What ip prints of an encapsulation between the members of its route, without an object of its own: the destination's name comes
/// again.
const ENCAPSULATION: [&[u8]; 8] = [b"id", b"src", b"dst", b"ttl", b"tos", b"hoplimit", b"tc", b"opts"];

fn is_of_encapsulation(name: &[u8], is_within: bool) -> bool {
    is_within && ENCAPSULATION.contains(&name)
}

/// The members of an object but for those of an encapsulation, no name twice.
fn unique<'a, 'b>(object: &'b Node<'a>) -> Result<Vec<&'b Member<'a>>, Problem> {
    let mut found: Vec<&Member<'_>> = Vec::new();
    let mut is_within = false;
    for member in object.members()? {
        let (name, value) = member;
        is_within = &**name == b"encap" || is_of_encapsulation(name, is_within);
        if is_of_encapsulation(name, is_within) {
            continue;
        }
        if found.iter().any(|(known, _)| known == name) {
            return Err(value.problem("its name comes twice in one object"));
        }
        found.push(member);
    }
    Ok(found)
}

/// `ip id 100 dst 192.0.2.1 ttl 64`, as the text has it.
fn encapsulation(object: &Node<'_>) -> Result<Vec<u8>, Problem> {
    let after = object.members()?.iter().skip_while(|(name, _)| &**name != b"encap");
    let mut words: Vec<Vec<u8>> = Vec::new();
    for (at, (name, value)) in after.enumerate() {
        match at {
            0 => words.push(scalar(value)),
            _ if !is_of_encapsulation(name, true) => break,
            // Labels of MPLS are printed without a name.
            _ if words[0] == b"mpls" && &**name == b"dst" => words.push(scalar(value)),
            _ => words.extend([name.to_vec(), scalar(value)]),
        }
    }
    Ok(words.join(&b' '))
}

/// An address, or one of another family with its name.
fn gateway(value: &Node<'_>) -> Result<Vec<u8>, Problem> {
    value.get("host").unwrap_or(value).text().map(<[u8]>::to_vec)
}

fn next_hop(object: &Node<'_>) -> Result<NextHop, Problem> {
    let mut found = NextHop::default();
    for (name, value) in object.members()? {
        match &**name {
            b"gateway" | b"via" => found.gateway = Some(gateway(value)?),
            b"dev" => found.interface = Some(value.text()?.to_vec()),
            b"weight" => found.weight = Some(value.integer()?),
            b"flags" => found.flags = texts(value)?,
            other => return Err(value.problem(format!("expected what a next hop has, found `{}`", other.escape_ascii()))),
        }
    }
    Ok(found)
}

/// An object of `ip -j neigh`; on this interface, where one was selected.
pub(crate) fn neighbour<'a>(object: &'a Node<'_>, selected: Option<&[u8]>) -> Result<Neighbour<'a>, Problem> {
    let address = object.get("dst").ok_or_else(|| object.expected("a neighbour, with `dst`"))?.text()?;
    let mut found = Neighbour { address, interface: selected.map(<[u8]>::to_vec), ..Neighbour::default() };
    for (name, value) in object.members()? {
        match &**name {
            b"dst" => {}
            b"dev" => found.interface = Some(value.text()?.to_vec()),
            b"lladdr" => found.mac_address = Some(value.text()?),
            b"protocol" => found.protocol = Some(value.text()?),
            b"state" => found.state = value.items()?.last().map(Node::text).transpose()?,
            b"refcnt" => found.references = Some(value.integer()?),
            b"used" => found.used_ago = Some(value.integer()?),
            b"confirmed" => found.confirmed_ago = Some(value.integer()?),
            b"updated" => found.updated_ago = Some(value.integer()?),
            b"probes" => found.probes = Some(value.integer()?),
            // A flag is a name that is there.
            flag if matches!(value.content, Content::Null | Content::Boolean(true)) => found.flags.push(flag),
            other => return Err(value.problem(format!("expected what a neighbour has, found `{}`", other.escape_ascii()))),
        }
    }
    Ok(found)
}

/// Makes a record of an object of `ip -j rule`.
pub(crate) fn rule(object: &Node<'_>, rows: &mut Rows<Rule<'static>>) -> Result<(), Problem> {
    let with = |name: &str, mark: &str, more: &str| -> Result<Option<Vec<u8>>, Problem> {
        let Some(text) = object.get(name).map(Node::text).transpose()? else { return Ok(None) };
        let more = object.get(more).map(Node::text).transpose()?;
        Ok(Some(more.map_or_else(|| text.to_vec(), |more| [text, mark.as_bytes(), more].concat())))
    };
    // Its two ends, as the text has them.
    let range = |from: &str, to: &str| match (object.get(from), object.get(to)) {
        (Some(from), Some(to)) => Ok([from.text()?, b"-", to.text()?].concat()),
        _ => Err(object.expected(&format!("`{from}` and `{to}`"))),
    };
    let priority = object.get("priority").ok_or_else(|| object.expected("a rule, with `priority`"))?.integer()?;
    let source = with("src", "/", "srclen")?;
    let (destination, mark) = (with("dst", "/", "dstlen")?, with("fwmark", "/", "fwmask")?);
    let mut details = Vec::new();
    let mut found = Rule { priority, destination: destination.as_deref(), mark: mark.as_deref(), ..Rule::default() };
    found.source = Some(source.as_deref().ok_or_else(|| object.expected("a rule, with `src`"))?);
    for (name, value) in object.members()? {
        match &**name {
            b"priority" | b"src" | b"srclen" | b"dst" | b"dstlen" | b"fwmark" | b"fwmask" => {}
            b"not" => found.inverted = true,
            b"iif" => found.interface = Some(value.text()?),
            b"oif" => found.output_interface = Some(value.text()?),
            b"ipproto" => found.protocol = Some(value.text()?),
            b"table" => found.table = Some(value.text()?),
            b"action" => found.action = Some(value.text()?),
            b"goto" => {
                found.action = Some(b"goto");
                flattened(b"goto", value, &mut details)?;
            }
            b"iif_detached" | b"oif_detached" => found.flags.push(b"detached"),
            b"uid_start" => details.push((b"uidrange".to_vec(), range("uid_start", "uid_end")?)),
            b"dport_start" => details.push((b"dport".to_vec(), range("dport_start", "dport_end")?)),
            b"sport_start" => details.push((b"sport".to_vec(), range("sport_start", "sport_end")?)),
            b"uid_end" => drop(range("uid_start", "uid_end")?),
            b"dport_end" => drop(range("dport_start", "dport_end")?),
            b"sport_end" => drop(range("sport_start", "sport_end")?),
            b"suppress_prefixlen" => flattened(b"suppress_prefixlength", value, &mut details)?,
            flag if matches!(value.content, Content::Null | Content::Boolean(true)) => found.flags.push(flag),
            other => flattened(other, value, &mut details)?,
        }
    }
    found.details.0 = details.iter().map(|(name, value)| (name.clone(), value.as_slice())).collect();
    rows.push(found);
    Ok(())
}

fn texts(value: &Node<'_>) -> Result<Vec<Vec<u8>>, Problem> {
    value.items()?.iter().map(|item| item.text().map(<[u8]>::to_vec)).collect()
}

/// A value under its name; what an object has, under both names.
fn flattened(name: &[u8], value: &Node<'_>, into: &mut Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), Problem> {
    let text = match &value.content {
        Content::Object(members) => {
            return members.iter().try_for_each(|(inner, value)| flattened(&[name, b".", inner].concat(), value, into));
        }
        Content::List(items) => {
            if items.iter().any(|item| matches!(item.content, Content::Object(_) | Content::List(_))) {
                value.field.bytes.to_vec()
            } else {
                items.iter().map(scalar).collect::<Vec<_>>().join(&b' ')
            }
        }
        _ => scalar(value),
    };
    into.push((name.to_vec(), text));
    Ok(())
}

/// Text, or what is written.
fn scalar(value: &Node<'_>) -> Vec<u8> {
    match &value.content {
        Content::Text(text) => text.to_vec(),
        Content::Null => Vec::new(),
        _ => value.field.bytes.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{Parsed, assert_any_split, assert_unrecognised, parse};

    use crate::{Interfaces, Neighbours, Routes, Rules};

    fn same(parsed: Parsed, text: Parsed) {
        assert_eq!(parsed.problems, [""; 0]);
        assert_eq!(parsed, text);
    }

    #[test]
    fn interfaces_in_json_are_those_of_the_text() {
        let json = r#"[{},{"ifindex":7,"link_index":5,"ifname":"eth0","flags":["BROADCAST","UP"],"mtu":1500,"qdisc":"noqueue","master":"br0","operstate":"UP","group":"default","txqlen":1000,"link_type":"ether","address":"02:00:00:00:00:01","broadcast":"ff:ff:ff:ff:ff:ff","link_netnsid":0,"altnames":["a b"],"addr_info":[{"family":"inet","local":"10.0.0.1","address":"10.0.0.2","prefixlen":32,"scope":"global","dynamic":true,"noprefixroute":true,"label":"eth0","valid_life_time":86398,"preferred_life_time":4294967295},{}],"stats64":{"rx":{"bytes":1,"packets":2,"errors":3,"dropped":4,"missed_errors":5,"multicast":6},"tx":{"bytes":7,"packets":8,"errors":9,"dropped":10,"carrier_errors":11,"collisions":12}}}]
"#;
        let text = "7: eth0@if5: <BROADCAST,UP> mtu 1500 qdisc noqueue master br0 state UP group default qlen 1000\n\
            \x20   link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netnsid 0\n    altname a b\n\
            \x20   inet 10.0.0.1 peer 10.0.0.2/32 scope global dynamic noprefixroute eth0\n       valid_lft 86398sec preferred_lft forever\n\
            \x20   RX:   bytes packets errors dropped  missed   mcast\n    1 2 3 4 5 6\n\
            \x20   TX:   bytes packets errors dropped carrier collsns\n    7 8 9 10 11 12\n";
        same(parse::<Interfaces>(Some(&["ip", "-j", "-s", "a"]), json.as_bytes()), parse::<Interfaces>(None, text.as_bytes()));
        assert_any_split::<Interfaces>(None, json.as_bytes());
        let broken = json.replace("[{},", "[{\"ifname\":\"x\"},").replace("\"mtu\":1500", "\"mtu\":\"x\"");
        let broken = parse::<Interfaces>(None, broken.as_bytes());
        assert_eq!(broken.problems.len(), 1, "{broken:?}");
        assert!(broken.problems[0].starts_with("error: line 1, column 94: expected a whole number"), "{broken:?}");
        assert_unrecognised::<Interfaces>(["[\n", "[{\"dst\":\"x\"}]\n", "[1]\n", "[{\"ifname\":\"x\"}\n"]);
    }

    #[test]
    fn addresses_one_a_line_in_json_are_those_of_the_text() {
        let json = r#"[{"addr_info":[{"index":3,"dev":"d0","family":"inet","local":"10.1.1.1","prefixlen":24,"broadcast":"10.1.1.255","scope":"global","label":"d0:a","valid_life_time":4294967295,"preferred_life_time":7},{"index":3,"dev":"d0","family":"inet6","local":"fd00::5","prefixlen":64,"scope":"global","nodad":true,"valid_life_time":9,"preferred_life_time":0}]}]"#;
        let text = "3: d0    inet 10.1.1.1/24 brd 10.1.1.255 scope global d0:a\\       valid_lft forever preferred_lft 7sec\n\
            3: d0    inet6 fd00::5/64 scope global nodad \\       valid_lft 9sec preferred_lft 0sec\n";
        same(parse::<Interfaces>(Some(&["ip", "-j", "-o", "a"]), json.as_bytes()), parse::<Interfaces>(None, text.as_bytes()));
        let mixed = json.replacen("\"dev\":\"d0\"", "\"dev\":\"d1\"", 1);
        assert_unrecognised::<Interfaces>([mixed.as_str()]);
        let none = json.replacen("[{", "[{\"addr_info\":[]},{", 1);
        same(parse::<Interfaces>(None, none.as_bytes()), parse::<Interfaces>(None, text.as_bytes()));
        let tunnel = parse::<Interfaces>(None, br#"[{"ifname":"sit0","link":null,"flags":[]}]"#);
        assert!(tunnel.sound()[0].contains(r#""parent":"NONE""#), "{tunnel:?}");
    }

    #[test]
    fn what_the_text_has_no_words_for_keeps_its_name() {
        let json = r#"[{"ifname":"v","min_mtu":68,"linkinfo":{"info_kind":"vlan","info_data":{"protocol":"802.1Q","id":7,"flags":["REORDER_HDR"]}},"stats64":{"rx":{"over_errors":1,"crc_errors":2}}}]"#;
        let parsed = parse::<Interfaces>(None, json.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"interface":"v","device_kind":"vlan","details":{"minmtu":"68","info_data.protocol":"802.1Q","info_data.id":"7","info_data.flags":"REORDER_HDR"},"rx_error_causes":{"overrun":1,"crc":2}}"#
            ]
        );
    }

    #[test]
    fn routes_neighbours_and_rules_in_json_are_those_of_the_text() {
        let json = r#"[{"dst":"default","gateway":"192.0.2.1","dev":"eth0","protocol":"static","metric":7,"flags":["onlink"],"metrics":[{"mtu":1400}]},{"type":"unreachable","dst":"10.0.0.0/8","flags":[]},{"dst":"10.1.0.0/16","nexthops":[{"via":{"family":"inet6","host":"fe80::1"},"dev":"a","weight":1,"flags":[]},{"gateway":"10.0.0.3","dev":"b","weight":2,"flags":["dead"]}],"flags":[]}]"#;
        let text = "default via 192.0.2.1 dev eth0 proto static metric 7 onlink mtu 1400\nunreachable 10.0.0.0/8\n10.1.0.0/16\n\tnexthop via inet6 fe80::1 dev a weight 1\n\tnexthop via 10.0.0.3 dev b weight 2 dead\n";
        same(parse::<Routes>(None, json.as_bytes()), parse::<Routes>(None, text.as_bytes()));
        let json = r#"[{"dst":"10.7.0.0/16","encap":"ip","id":100,"src":"0.0.0.0","dst":"192.0.2.1","ttl":64,"tos":0,"dev":"a","scope":"link","flags":[]},{"dst":"10.8.0.0/16","encap":"mpls","dst":"100/200","gateway":"192.0.2.2","dev":"a","flags":[]}]"#;
        let text = "10.7.0.0/16 encap ip id 100 src 0.0.0.0 dst 192.0.2.1 ttl 64 tos 0 dev a scope link\n10.8.0.0/16 encap mpls 100/200 via 192.0.2.2 dev a\n";
        same(parse::<Routes>(None, json.as_bytes()), parse::<Routes>(None, text.as_bytes()));
        assert_unrecognised::<Routes>(["[{\"dst\":\"10.7.0.0/16\",\"dev\":\"a\",\"dst\":\"b\"}]\n"]);
        let json = r#"[{"dst":"192.0.2.1","dev":"eth0","lladdr":"02:fc:00:00:00:05","router":null,"refcnt":1,"used":34,"confirmed":33,"updated":32,"probes":1,"state":["REACHABLE"]}]"#;
        let text = "192.0.2.1 dev eth0 lladdr 02:fc:00:00:00:05 router ref 1 used 34/33/32 probes 1 REACHABLE\n";
        same(parse::<Neighbours>(None, json.as_bytes()), parse::<Neighbours>(None, text.as_bytes()));
        let json = r#"[{"priority":0,"src":"all","table":"local"},{"not":null,"priority":9,"src":"10.0.0.0","srclen":8,"fwmark":"0x1","fwmask":"0xff","iif":"x","iif_detached":null,"goto":"32766"},{"priority":10,"src":"all","action":"prohibit"}]"#;
        let text = "0:\tfrom all lookup local\n9:\tnot from 10.0.0.0/8 fwmark 0x1/0xff iif x [detached] goto 32766\n10:\tfrom all prohibit\n";
        same(parse::<Rules>(None, json.as_bytes()), parse::<Rules>(None, text.as_bytes()));
        for json in ["[{\"dst\":\"default\",\"metric\":\"x\"}]\n", "[{\"a\":1}]\n", "[]x\n"] {
            assert_unrecognised::<Routes>([json]);
            assert_unrecognised::<Rules>([json]);
        }
        assert_unrecognised::<Neighbours>(["[{\"dst\":\"x\",\"y\":1}]\n", "[{}\n"]);
    }
}
