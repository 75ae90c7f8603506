;; Two texts that are UTF-8 only together: each is shown as the bytes it has.
(data $batch (i32.const 2240) (i32 0 2  2304 2))
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 2  0 0  0 0)
  (i32 0 0 0  3  2592 3  2624 4  0 0))
(data $offsets (i32.const 2592) (i32 0 1 4))
(data $bytes (i32.const 2624) "\c3\a9ok")
