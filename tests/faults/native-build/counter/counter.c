#include <Python.h>

static PyObject *one(PyObject *self, PyObject *ignored) { return PyLong_FromLong(1); }

static PyMethodDef methods[] = {{"one", one, METH_NOARGS, "One."}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "counter", NULL, -1, methods};

PyMODINIT_FUNC PyInit_counter(void) { return PyModule_Create(&module); }
