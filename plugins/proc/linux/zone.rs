//! `/proc/zoneinfo`: a block a zone of memory, with what its node, its pages and each processor have.

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source};

use crate::about;

/// A zone of memory. Amounts are pages.
#[derive(Clone, Debug, Default, Record)]
pub struct Zone {
    /// The node that it is in.
    #[field(key)]
    pub node: i64,
    /// Its name: `DMA`, `Normal`, `Movable`, …
    #[field(key)]
    pub zone: Vec<u8>,
    /// What is counted of the whole node; in its first zone alone.
    pub node_statistics: Map<i64>,
    /// Pages that are free.
    #[field(gauge)]
    pub free_pages: Option<i64>,
    /// By how much the marks below are raised for a while.
    #[field(gauge)]
    pub boost: Option<i64>,
    /// With fewer free pages, those who want some free them themselves.
    pub minimum: Option<i64>,
    /// With fewer free pages, the kernel begins to free some.
    pub low: Option<i64>,
    /// With so many free pages, it ends.
    pub high: Option<i64>,
    /// With so many free pages, pages may come here from slower memory.
    pub promotion: Option<i64>,
    /// Pages from its first to its last, holes among them.
    pub spanned: Option<i64>,
    /// Pages that there are.
    pub present: Option<i64>,
    /// Pages that can be given away.
    pub managed: Option<i64>,
    /// Pages that are kept for large pieces.
    pub cma: Option<i64>,
    /// How many pages are kept from those who could have them in a higher zone, for each of these.
    pub protection: Vec<i64>,
    /// What is counted of the zone.
    pub statistics: Map<i64>,
    /// Pages that processors keep for themselves.
    pub page_sets: Vec<PageSet>,
    /// Whether nothing of its node could be freed.
    pub is_node_unreclaimable: Option<bool>,
    /// Number of its first page.
    pub first_page: Option<i64>,
    /// What else is printed of it.
    pub others: Map<Vec<u8>>,
}

/// Pages that a processor keeps for itself.
#[derive(Clone, Debug, Default, Record)]
pub struct PageSet {
    /// Number of the processor.
    pub cpu: i64,
    /// How many there are.
    #[field(gauge)]
    pub count: Option<i64>,
    /// With more of them, it gives some back.
    pub high: Option<i64>,
    /// How many it takes or gives back at once.
    pub batch: Option<i64>,
    /// The smallest `high` that is chosen.
    pub high_minimum: Option<i64>,
    /// The largest.
    pub high_maximum: Option<i64>,
    /// How far its own counts may be off before all learn of them.
    pub statistics_threshold: Option<i64>,
}

/// Reads `/proc/zoneinfo`.
pub struct ZoneInfo {
    zone: Block<Zone>,
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What the node has in all.
    Node,
    /// What the zone has.
    Zone,
    /// What each processor has.
    PageSets,
}

const EXPECTED: &str = "`Node NUMBER, zone NAME`";

impl Parser for ZoneInfo {
    const ABOUT: About = about!("zoneinfo", "Zones of memory, as /proc/zoneinfo has them", "/proc/zoneinfo");
    type Record = Zone;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ZoneInfo { zone: Block::default(), part: Part::Zone }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        if !line.bytes.starts_with(b" ") {
            self.flush(rows);
            self.part = Part::Zone;
            self.zone.begin(Zone::begin(line))?;
            rows.recognise();
            return Ok(());
        }
        let Some(zone) = self.zone.more(|| line.expected(EXPECTED))? else { return Ok(()) };
        zone.read(whole.trim(), &mut self.part)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl ZoneInfo {
    fn flush(&mut self, rows: &mut Rows<Zone>) {
        self.zone.take().into_iter().for_each(|zone| rows.push(zone));
    }
}

impl Zone {
    fn begin(line: Line<'_>) -> Result<Zone, Error> {
        let parts = line.whole().strip_prefix("Node ").and_then(|rest| rest.split_once(", zone "));
        let (node, zone) = parts.ok_or_else(|| line.expected(EXPECTED))?;
        Ok(Zone { node: node.integer()?, zone: zone.trim().bytes.to_vec(), ..Zone::default() })
    }

    fn read(&mut self, text: Field<'_>, part: &mut Part) -> Result<(), Error> {
        match text.bytes {
            b"per-node stats" => *part = Part::Node,
            b"pagesets" | b"pagesets:" => *part = Part::PageSets,
            _ => {
                let expected = || text.expected("`NAME NUMBER`");
                let (name, value) = text.split_once(":").or_else(|| text.rsplit_once(" ")).ok_or_else(expected)?;
                return self.put(name.trim(), value.trim(), part);
            }
        }
        Ok(())
    }

    fn put(&mut self, name: Field<'_>, value: Field<'_>, part: &mut Part) -> Result<(), Error> {
        let number = || value.integer();
        match name.bytes {
            b"protection" => {
                let inner = value.strip_prefix("(").and_then(|value| value.strip_suffix(")"));
                let inner = inner.ok_or_else(|| value.expected("numbers in parentheses"))?;
                self.protection = inner.split(", ").map(|number| number.integer()).collect::<Result<_, _>>()?;
            }
            b"cpu" => {
                *part = Part::PageSets;
                self.page_sets.push(PageSet { cpu: number()?, ..PageSet::default() });
            }
            b"node_unreclaimable" | b"all_unreclaimable" => self.is_node_unreclaimable = Some(number()? != 0),
            b"start_pfn" => self.first_page = Some(number()?),
            // What the processors have stands between their number and the end of the block.
            bytes if *part == Part::PageSets => {
                let set = self.page_sets.last_mut().ok_or_else(|| name.expected("`cpu: NUMBER`"))?;
                match bytes {
                    b"count" => set.count = Some(number()?),
                    b"high" => set.high = Some(number()?),
                    b"batch" => set.batch = Some(number()?),
                    b"high_min" => set.high_minimum = Some(number()?),
                    b"high_max" => set.high_maximum = Some(number()?),
                    b"vm stats threshold" => set.statistics_threshold = Some(number()?),
                    _ => self.others.0.push((bytes.to_vec(), value.bytes.to_vec())),
                }
            }
            b"pages free" => {
                *part = Part::Zone;
                self.free_pages = Some(number()?);
            }
            b"boost" => self.boost = Some(number()?),
            b"min" => self.minimum = Some(number()?),
            b"low" => self.low = Some(number()?),
            b"high" => self.high = Some(number()?),
            b"promo" => self.promotion = Some(number()?),
            b"spanned" => self.spanned = Some(number()?),
            b"present" => self.present = Some(number()?),
            b"managed" => self.managed = Some(number()?),
            b"cma" => self.cma = Some(number()?),
            bytes if *part == Part::Node => self.node_statistics.0.push((bytes.to_vec(), number()?)),
            bytes => self.statistics.0.push((bytes.to_vec(), number()?)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::ZoneInfo;

    const TEXT: &[u8] = b"Node 0, zone      DMA\n  per-node stats\n      nr_inactive_anon 39\n      nr_mapped    25140\n  pages free     3832\n        min      68\n\
        \x20       protection: (0, 2871, 3795)\n      nr_free_pages 3833\n  pagesets\n    cpu: 0\n              count: 7\n              high:  9\n  vm stats threshold: 4\n\
        \x20 node_unreclaimable:  0\n  start_pfn:           1\nNode 1, zone   Device\n  pages free     0\n";

    #[test]
    fn zones_are_read() {
        let parsed = parse::<ZoneInfo>(None, TEXT);
        assert_eq!(
            parsed.sound(),
            [
                r#"{"node":0,"zone":"DMA","node_statistics":{"nr_inactive_anon":39,"nr_mapped":25140},"free_pages":3832,"minimum":68,"protection":[0,2871,3795],"statistics":{"nr_free_pages":3833},"page_sets":[{"cpu":0,"count":7,"high":9,"statistics_threshold":4}],"is_node_unreclaimable":false,"first_page":1,"others":{}}"#,
                r#"{"node":1,"zone":"Device","node_statistics":{},"free_pages":0,"protection":[],"statistics":{},"page_sets":[],"others":{}}"#,
            ]
        );
        assert_any_split::<ZoneInfo>(None, TEXT);
    }

    #[test]
    fn a_line_that_is_broken_costs_itself() {
        let parsed = parse::<ZoneInfo>(None, b"Node 0, zone DMA\n  pages free x\n        min 1\n  what\nNode 1\n        low 7\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 3), "{parsed:?}");
        parsed.has(0, &[r#""minimum":1,"low":null"#]);
        assert_unrecognised::<ZoneInfo>(["hello\n", "Node 0, what\n", "  pages free 1\n"]);
    }
}
