;; No bits for one value.
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 1  0 0  0 0)
  (i32 1 4700 0  3  2592 2  2624 4  0 0))
