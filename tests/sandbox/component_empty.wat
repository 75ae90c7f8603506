;; An empty file.
;;; make: empty
