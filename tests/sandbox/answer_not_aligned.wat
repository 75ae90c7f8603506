;; Its answer is where no answer can be.
(func $feed (param $first_line i64) (result i32) (i32.const 2049))
