//! A block device, and the titles that its fields have in a table.

use outparse_sdk::grid::Reading::{self, Boolean, Integer, Percent, Text};
use outparse_sdk::grid::Title;
use outparse_sdk::{Base, Record};

/// A block device. Which fields there are is up to the columns.
#[derive(Clone, Debug, Default, Record)]
pub struct BlockDevice<'a> {
    /// Its name; with `-p` its path.
    #[field(key)]
    pub device: Option<&'a [u8]>,
    /// The device that it lies upon, where a tree is drawn.
    pub parent: Option<&'a [u8]>,
    /// Its name in the kernel.
    pub kernel_name: Option<&'a [u8]>,
    /// Name in the kernel of the device that it lies upon.
    pub parent_kernel_name: Option<&'a [u8]>,
    /// Path of its node.
    pub path: Option<&'a [u8]>,
    /// Major and minor device number as printed: `8:1`.
    pub device_number: Option<&'a [u8]>,
    /// Major device number.
    pub major: Option<i64>,
    /// Minor device number.
    pub minor: Option<i64>,
    /// Whether the medium can be removed.
    pub is_removable: Option<bool>,
    /// Size; shortened without `-b`.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// Whether it can only be read.
    pub is_read_only: Option<bool>,
    /// Type: `disk`, `part`, `lvm`, `crypt`, …
    pub r#type: Option<&'a [u8]>,
    /// Where it is mounted; the first place, where there are several.
    pub mounted_on: Option<&'a [u8]>,
    /// All places where it is mounted.
    pub mount_points: Option<Vec<&'a [u8]>>,
    /// Filesystem.
    pub filesystem_type: Option<&'a [u8]>,
    /// Version of the filesystem's format.
    pub filesystem_version: Option<&'a [u8]>,
    /// Size of the filesystem.
    #[field(unit = "bytes", approximate)]
    pub filesystem_size: Option<i64>,
    /// Space in use.
    #[field(unit = "bytes", approximate)]
    pub used: Option<i64>,
    /// Space that can be used.
    #[field(unit = "bytes", approximate)]
    pub available: Option<i64>,
    /// Space in use, in percent.
    #[field(unit = "percent")]
    pub use_percent: Option<f64>,
    /// Roots of the filesystem that are mounted.
    pub filesystem_roots: Option<&'a [u8]>,
    /// Label of the filesystem.
    pub label: Option<&'a [u8]>,
    /// UUID of the filesystem.
    pub uuid: Option<&'a [u8]>,
    /// Identifier of the partition table.
    pub partition_table_uuid: Option<&'a [u8]>,
    /// Type of the partition table.
    pub partition_table_type: Option<&'a [u8]>,
    /// Type of the partition, as a code or UUID.
    pub partition_type: Option<&'a [u8]>,
    /// Type of the partition, by name.
    pub partition_type_name: Option<&'a [u8]>,
    /// Label of the partition.
    pub partition_label: Option<&'a [u8]>,
    /// UUID of the partition.
    pub partition_uuid: Option<&'a [u8]>,
    /// Flags of the partition.
    pub partition_flags: Option<&'a [u8]>,
    /// Number of the partition.
    pub partition_number: Option<i64>,
    /// Where the partition begins, in sectors of 512 bytes.
    pub start_sector: Option<i64>,
    /// What is read ahead, in KiB.
    #[field(unit = "bytes")]
    pub read_ahead: Option<i64>,
    /// Model.
    pub model: Option<&'a [u8]>,
    /// Serial number.
    pub serial: Option<&'a [u8]>,
    /// State: `running`, `suspended`, …
    pub state: Option<&'a [u8]>,
    /// User who owns the node.
    pub owner: Option<&'a [u8]>,
    /// Group of the node.
    pub group: Option<&'a [u8]>,
    /// Permissions of the node.
    pub mode: Option<&'a [u8]>,
    /// Offset by which it is not aligned.
    #[field(unit = "bytes")]
    pub alignment_offset: Option<i64>,
    /// Smallest input or output.
    #[field(unit = "bytes")]
    pub minimum_io_size: Option<i64>,
    /// Best input or output; 0 where none is known.
    #[field(unit = "bytes")]
    pub optimal_io_size: Option<i64>,
    /// Size of a physical sector.
    #[field(unit = "bytes")]
    pub physical_sector_size: Option<i64>,
    /// Size of a logical sector.
    #[field(unit = "bytes")]
    pub logical_sector_size: Option<i64>,
    /// Whether it rotates.
    pub is_rotational: Option<bool>,
    /// Whether it adds randomness.
    pub adds_randomness: Option<bool>,
    /// Whether it can be plugged while the system runs.
    pub is_hotplug: Option<bool>,
    /// Whether its memory can be mapped without a cache.
    pub is_direct_access: Option<bool>,
    /// Scheduler.
    pub scheduler: Option<&'a [u8]>,
    /// Number of requests that may wait.
    pub queue_size: Option<i64>,
    /// Offset by which discards are not aligned.
    #[field(unit = "bytes", approximate)]
    pub discard_alignment: Option<i64>,
    /// Smallest discard.
    #[field(unit = "bytes", approximate)]
    pub discard_granularity: Option<i64>,
    /// Largest discard.
    #[field(unit = "bytes", approximate)]
    pub discard_maximum: Option<i64>,
    /// Whether what was discarded reads as zeros.
    pub discard_zeroes: Option<bool>,
    /// The most that is written with one block.
    #[field(unit = "bytes", approximate)]
    pub write_same_maximum: Option<i64>,
    /// World-wide name.
    pub wwn: Option<&'a [u8]>,
    /// Host, channel, target and unit of SCSI.
    pub scsi_address: Option<&'a [u8]>,
    /// How it is connected: `sata`, `nvme`, `usb`, …
    pub transport: Option<&'a [u8]>,
    /// The subsystems that it is connected through.
    pub subsystems: Option<&'a [u8]>,
    /// Revision.
    pub revision: Option<&'a [u8]>,
    /// Vendor.
    pub vendor: Option<&'a [u8]>,
    /// Model of zones: `none`, `host-managed`, …
    pub zone_model: Option<&'a [u8]>,
    /// Size of a zone.
    #[field(unit = "bytes", approximate)]
    pub zone_size: Option<i64>,
    /// Granularity of writes into zones.
    #[field(unit = "bytes", approximate)]
    pub zone_write_granularity: Option<i64>,
    /// The most that is appended to a zone.
    #[field(unit = "bytes", approximate)]
    pub zone_append_maximum: Option<i64>,
    /// Number of zones.
    pub zones: Option<i64>,
    /// Most zones that may be open.
    pub open_zones_maximum: Option<i64>,
    /// Most zones that may be active.
    pub active_zones_maximum: Option<i64>,
    /// Number that grows with each medium.
    pub disk_sequence: Option<i64>,
    /// Number of hardware queues.
    pub queues: Option<&'a [u8]>,
    /// Identifier of udev.
    pub id: Option<&'a [u8]>,
    /// Name of the link below `/dev/disk/by-id`.
    pub id_link: Option<&'a [u8]>,
}

const SIZE: Reading = Reading::Size(Base::Binary);

/// All titles.
pub(super) const TITLES: &[Title] = &[
    Title::left("NAME", "device", Text),
    Title::left("KNAME", "kernel_name", Text),
    Title::left("PKNAME", "parent_kernel_name", Text),
    Title::left("PATH", "path", Text),
    Title::left("MAJ:MIN", "device_number", Text),
    Title::right("RM", "is_removable", Boolean),
    Title::right("SIZE", "size", SIZE),
    Title::right("RO", "is_read_only", Boolean),
    Title::left("TYPE", "type", Text),
    Title::left("MOUNTPOINT", "mounted_on", Text),
    Title::left("MOUNTPOINTS", "mount_points", Text),
    Title::left("FSTYPE", "filesystem_type", Text),
    Title::left("FSVER", "filesystem_version", Text),
    Title::right("FSSIZE", "filesystem_size", SIZE),
    Title::right("FSUSED", "used", SIZE),
    Title::right("FSAVAIL", "available", SIZE),
    Title::right("FSUSE%", "use_percent", Percent),
    Title::left("FSROOTS", "filesystem_roots", Text),
    Title::left("LABEL", "label", Text),
    Title::left("UUID", "uuid", Text),
    Title::left("PTUUID", "partition_table_uuid", Text),
    Title::left("PTTYPE", "partition_table_type", Text),
    Title::left("PARTTYPE", "partition_type", Text),
    Title::left("PARTTYPENAME", "partition_type_name", Text),
    Title::left("PARTLABEL", "partition_label", Text),
    Title::left("PARTUUID", "partition_uuid", Text),
    Title::left("PARTFLAGS", "partition_flags", Text),
    Title::right("PARTN", "partition_number", Integer),
    Title::right("START", "start_sector", Integer),
    Title::right("RA", "read_ahead", Reading::Blocks(1024)),
    Title::left("MODEL", "model", Text),
    Title::left("SERIAL", "serial", Text),
    Title::left("STATE", "state", Text),
    Title::left("OWNER", "owner", Text),
    Title::left("GROUP", "group", Text),
    Title::left("MODE", "mode", Text),
    Title::right("ALIGNMENT", "alignment_offset", Integer),
    Title::right("MIN-IO", "minimum_io_size", Integer),
    Title::right("OPT-IO", "optimal_io_size", Integer),
    Title::right("PHY-SEC", "physical_sector_size", Integer),
    Title::right("LOG-SEC", "logical_sector_size", Integer),
    Title::right("ROTA", "is_rotational", Boolean),
    Title::right("RAND", "adds_randomness", Boolean),
    Title::right("HOTPLUG", "is_hotplug", Boolean),
    Title::right("DAX", "is_direct_access", Boolean),
    Title::left("SCHED", "scheduler", Text),
    Title::right("RQ-SIZE", "queue_size", Integer),
    Title::right("DISC-ALN", "discard_alignment", SIZE),
    Title::right("DISC-GRAN", "discard_granularity", SIZE),
    Title::right("DISC-MAX", "discard_maximum", SIZE),
    Title::right("DISC-ZERO", "discard_zeroes", Boolean),
    Title::right("WSAME", "write_same_maximum", SIZE),
    Title::left("WWN", "wwn", Text),
    Title::left("HCTL", "scsi_address", Text),
    Title::left("TRAN", "transport", Text),
    Title::left("SUBSYSTEMS", "subsystems", Text),
    Title::right("REV", "revision", Text),
    Title::left("VENDOR", "vendor", Text),
    Title::left("ZONED", "zone_model", Text),
    Title::right("ZONE-SZ", "zone_size", SIZE),
    Title::right("ZONE-WGRAN", "zone_write_granularity", SIZE),
    Title::right("ZONE-APP", "zone_append_maximum", SIZE),
    Title::right("ZONE-NR", "zones", Integer),
    Title::right("ZONE-OMAX", "open_zones_maximum", Integer),
    Title::right("ZONE-AMAX", "active_zones_maximum", Integer),
    Title::right("DISK-SEQ", "disk_sequence", Integer),
    Title::right("MQ", "queues", Text),
    Title::left("ID", "id", Text),
    Title::left("ID-LINK", "id_link", Text),
];
