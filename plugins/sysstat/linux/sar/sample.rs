//! What `sar` measures: the fields of all its activities.

use outparse_sdk::{Record, Schema, Type, Value};

use crate::sar::devices::Devices;
use crate::sar::icmp::Icmp;
use crate::sar::memory::Memory;
use crate::sar::network::Network;
use crate::sar::network6::Network6;
use crate::sar::nfs::Nfs;
use crate::sar::pressure::Pressure;
use crate::sar::processors::Processors;
use crate::sar::sensors::Sensors;
use crate::sar::subject::Subject;

/// What was measured. Which fields there are is up to the activity: each has a table of its own, and its rows are put together cell by cell.
#[derive(Clone, Copy, Debug)]
pub enum Sample {}

impl Value for Sample {
    type Column = <Subject as Value>::Column;

    fn describe(schema: &mut Schema) -> Type {
        Type::Record(Self::describe_fields(schema))
    }

    fn push(self, _: &mut Self::Column) {
        match self {}
    }
}

impl Record for Sample {
    fn describe_fields(schema: &mut Schema) -> Vec<u32> {
        let activities = [
            Subject::describe_fields,
            Processors::describe_fields,
            Pressure::describe_fields,
            Devices::describe_fields,
            Memory::describe_fields,
            Network::describe_fields,
            Icmp::describe_fields,
            Network6::describe_fields,
            Nfs::describe_fields,
            Sensors::describe_fields,
        ];
        activities.into_iter().flat_map(|fields| fields(schema)).collect()
    }
}
