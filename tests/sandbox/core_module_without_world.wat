;; A core module, with nothing of ours.
;;; make: module
(module (func (export "_start")))
