;; A core module with our world, and only half of it.
(func $export_feed (param i32 i32 i32 i64) (result i32) (call $feed (local.get 3)))
