;; It calls itself without end.
(func $feed (param $first_line i64) (result i32)
  (i32.add (call $feed (local.get $first_line)) (i32.const 1)))
