;; The text ends after the bytes.
(data $offsets (i32.const 2592) (i32 0 2147483647))
