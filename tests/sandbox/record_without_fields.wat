;; A list of records of nothing: as many as one likes, without a byte.
(data $schema (i32.const 1024)
  (i32 4480 6  4 1 0  0  0 0 0  0  0 0  0 0 0 0 0 0)
  (i32 4544 4  5 8 0  0  0 0 0  0  0 0  0 0 0 0 0 0))
