;; A list of records of nothing: as many as one likes, without a byte.
(data $schema (i32.const 1024)
  (i32 4480 6  6 1 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  8 8 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
