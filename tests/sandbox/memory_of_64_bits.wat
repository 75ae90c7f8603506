;; A memory with 64-bit addresses, larger than the machine's.
(memory $huge i64 1)
(func $feed (param $first_line i64) (result i32)
  (drop (memory.grow $huge (i64.const 0xffffffffffff)))
  (i32.const 2048))
