;; The shape says that a number has an offset from UTC.
(data $shape (i32.const 2112) (i32 0  2144 2  0 0  2144 1))
