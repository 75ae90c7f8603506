//! Several tables out of one pass over the files. Whoever reads one of them moves the pass on; what it tells about the others waits for
//! their readers: some of it in memory, the rest in temporary files.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use anyhow::Context;
use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;

use super::scan::{Counts, Scanning, Told};
use outparse::schema::{About, Shape};

/// Bytes of one table's records that wait in memory.
const MOST_IN_MEMORY: usize = 8 << 20;

/// A scan under way whose tables are read one by one.
struct Pass {
    scanning: Scanning,
    waiting: Vec<Waiting>,
}

/// One table of a pass.
pub struct Part {
    pass: Arc<Mutex<Pass>>,
    table: usize,
    about: Arc<About>,
}

impl Scanning {
    /// The tables, in the order of [`Scan::of_each`](super::Scan::of_each), to be read in any order and by any thread. What comes for
    /// those that are not being read is kept for them, beyond some megabytes in a file that has no name.
    pub fn parts(self) -> Vec<Part> {
        let abouts = self.abouts().to_vec();
        let waiting = abouts.iter().map(|_| Waiting::default()).collect();
        let pass = Arc::new(Mutex::new(Pass { scanning: self, waiting }));
        let part = |(table, about)| Part { pass: Arc::clone(&pass), table, about };
        abouts.into_iter().enumerate().map(part).collect()
    }
}

impl Part {
    fn pass(&self) -> MutexGuard<'_, Pass> {
        self.pass.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn about(&self) -> Arc<About> {
        Arc::clone(&self.about)
    }

    pub(super) fn counts(&self) -> Counts {
        self.pass().scanning.counts_of(self.table)
    }

    /// What is told next about this table, if it comes within this time.
    pub(super) fn poll(&mut self, within: Duration) -> Poll<Option<anyhow::Result<Told>>> {
        let until = Instant::now() + within;
        let mut pass = self.pass();
        let Pass { scanning, waiting } = &mut *pass;
        if let Some(told) = waiting[self.table].take() {
            return Poll::Ready(Some(told));
        }
        loop {
            match scanning.poll_table(within) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some((table, told))) if table == self.table => return Poll::Ready(Some(Ok(told))),
                Poll::Ready(Some((table, told))) => waiting[table].put(told),
            }
            if Instant::now() >= until {
                return Poll::Pending;
            }
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.pass().waiting[self.table] = Waiting { unwanted: true, ..Waiting::default() };
    }
}

/// What was told about a table that is not being read.
#[derive(Default)]
struct Waiting {
    told: VecDeque<Kept>,
    /// Bytes of records in memory.
    bytes: usize,
    file: Option<File>,
    /// Why records could not be kept: whoever reads the table has to know.
    failure: Option<anyhow::Error>,
    /// Whether nobody will read it.
    unwanted: bool,
}

enum Kept {
    InMemory(Told),
    /// Records that stand in the file from here on.
    InFile(Arc<Shape>, u64),
}

impl Waiting {
    fn put(&mut self, told: Told) {
        if self.unwanted || self.failure.is_some() {
            return;
        }
        let kept = match told {
            Told::Records(shape, batch) if self.bytes + batch.get_array_memory_size() > MOST_IN_MEMORY => {
                match self.write(&batch).context("keeping records of a table in a temporary file until they are read") {
                    Ok(place) => Kept::InFile(shape, place),
                    Err(error) => {
                        self.failure = Some(error);
                        return;
                    }
                }
            }
            told => {
                self.bytes += size(&told);
                Kept::InMemory(told)
            }
        };
        self.told.push_back(kept);
    }

    fn take(&mut self) -> Option<anyhow::Result<Told>> {
        let Some(kept) = self.told.pop_front() else { return self.failure.take().map(Err) };
        Some(match kept {
            Kept::InMemory(told) => {
                self.bytes -= size(&told);
                Ok(told)
            }
            Kept::InFile(shape, place) => self.read(place).map(|batch| Told::Records(shape, batch)),
        })
    }

    /// Appends records to the file, and says where they begin.
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<u64> {
        let mut file = match &self.file {
            Some(file) => file,
            None => self.file.insert(tempfile::tempfile()?),
        };
        if self.told.iter().all(|kept| matches!(kept, Kept::InMemory(_))) {
            // All that it had was read.
            file.set_len(0)?;
        }
        let place = file.seek(SeekFrom::End(0))?;
        let mut writer = StreamWriter::try_new(BufWriter::new(file), &batch.schema())?;
        writer.write(batch)?;
        writer.finish()?;
        writer.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(place)
    }

    fn read(&mut self, place: u64) -> anyhow::Result<RecordBatch> {
        let mut file = self.file.as_ref().context("records in a file have one")?;
        file.seek(SeekFrom::Start(place))?;
        let mut reader = StreamReader::try_new(BufReader::new(file.by_ref()), None)?;
        Ok(reader.next().context("there are no records where they were written")??)
    }
}

fn size(told: &Told) -> usize {
    match told {
        Told::Records(_, batch) => batch.get_array_memory_size(),
        _ => 0,
    }
}
