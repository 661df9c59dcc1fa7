#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""kcore_hostile.py ROOT GROUP: explain of ROOT, where /proc/kcore or the kernel's types are not what a kernel
writes, in a GROUP of ways. Block 0 holds a page that is pinned; by its page flags it holds slab. Prints each way
that explain says yes to, or not what it should, or that crashes it or takes too long.
"""
import json
import os
import re
import struct
import subprocess
import sys

import kcore

FLAGS, KCORE, UNREAD, NOT_YES = "no slab", "no pinned", "unsure unread", None
LINES = ("0 anon 0 maps=1 refs=2", "0 blockdev 5 busy=1", "0 thp 512-1023 maps=1", "0 hugetlb 1024-1535 maps=1")
BIG = (1 << 31, (1 << 63) - 1, -4096)


class Ways:
    def __init__(self, root, layout):
        self.core = kcore.make(root, layout, LINES)
        self.elf, self.btf = self.core.elf(), self.core.kernel.btf()
        self.note_at, = struct.unpack_from("=Q", self.elf, 64 + 8)

    def patch(self, *patches):
        """Each patch is an offset, a value and how struct writes it."""
        elf = bytearray(self.elf)
        for at, value, form in patches:
            struct.pack_into(form, elf, at, value)
        return bytes(elf)

    def header(self, number, field, value):
        offset = {"type": 0, "offset": 8, "vaddr": 16, "filesz": 32, "memsz": 40}[field]
        return self.patch((64 + 56 * number + offset, value, "=I" if field == "type" else "=Q"))

    def info(self, name, value):
        """Another value of a line of the note; None: the line is not there."""
        info = self.core.kernel.info
        before = dict(info)
        if value is None:
            del info[name]
        else:
            info[name] = f"{value & (1 << 64) - 1:x}" if name.startswith("SYMBOL") else value
        elf = self.core.elf()
        self.core.kernel.info = before
        return elf

    def page(self, pfn, member, value, form="=Q"):
        before = bytes(self.core.maps[0])
        self.core.poke(pfn, member, value, form)
        elf = self.core.elf()
        self.core.maps[0][:] = before
        return elf

    def data(self, address, *values):
        before = bytes(self.core.data)
        for i, value in enumerate(values):
            self.core.put(address + 8 * i, value)
        elf = self.core.elf()
        self.core.data[:] = before
        return elf

    def files(self):
        """What is no core, or the beginning of one."""
        for size in range(4096, len(self.elf), 4096):
            yield f"cut at {size}", UNREAD if size <= 0x4000 else NOT_YES, self.elf[:size]
        for size in (*range(0, 64 + 56 * 4, 28), self.note_at + 20, self.note_at + 60, self.note_at + 400):
            yield f"cut at {size}", FLAGS, self.elf[:size]
        yield "text", FLAGS, b"no core\n" * 1000
        yield "zeros", FLAGS, bytes(8192)
        for name, at, value, form in (
                ("32 bits", 4, 1, "=B"), ("other bytes", 5, 2, "=B"), ("an executable", 16, 2, "=H"),
                ("s390", 18, 22, "=H"), ("no machine", 18, 0, "=H"), ("small headers", 54, 32, "=H"),
                ("no headers", 56, 0, "=H"), ("65534 headers", 56, 65534, "=H"), ("PN_XNUM", 56, 65535, "=H"),
                ("headers beyond the end", 32, 1 << 40, "=Q"), ("headers behind any file", 32, (1 << 64) - 64, "=Q")):
            yield name, FLAGS, self.patch((at, value, form))
        note = self.note_at
        end = len(self.elf)
        many = self.patch((56, 65534, "=H"), (32, 1 << 20, "=Q")).ljust(1 << 20, b"\0")
        yield "a megabyte of notes 65534 times", FLAGS, many + struct.pack(
            "=IIQQQQQQ", 4, 0, end, 0, 0, (1 << 20) - end, 0, 4) * 65534
        yield "65534 ranges", NOT_YES, many + self.elf[64:64 + 56] + struct.pack(
                "=IIQQQQQQ", 1, 0, 0, kcore.DATA - 1, 0, 1, 1 << 40, 4) * 65533
        for size in (0, 1, 11, 12, 100, 1 << 20, (1 << 20) + 1, 1 << 32, (1 << 64) - 1):
            yield f"a note of {size}", FLAGS, self.header(0, "filesz", size)
        for size in (1, 1 << 20, (1 << 32) - 1, (1 << 32) - 4):
            for at in (0, 4, 20, 24, 28):  # of the note before it, and its own
                if (at, size) != (20, 1):
                    yield f"sizes in notes: {size} at {at}", None, self.patch((note + at, size, "=I"))
        yield "a note without zero at its end", FLAGS, self.header(0, "filesz", len(self.core.note()) - 3)
        yield "a note behind any file", FLAGS, self.header(0, "offset", (1 << 63) - 4096)

    def ranges(self):
        """Ranges of addresses that lie, or are, where none can be."""
        for value in BIG:
            value &= (1 << 64) - 1
            for number in (1, 2):
                for field in ("offset", "vaddr", "filesz", "memsz"):
                    wanted = KCORE if field == "filesz" else NOT_YES
                    yield f"{field} {value:#x} of {number}", wanted, self.header(number, field, value)
        yield "wraps around", NOT_YES, self.header(2, "memsz", -kcore.MAP & (1 << 64) - 1)
        yield "no range", UNREAD, self.header(1, "type", 0)
        yield "no map", UNREAD, self.header(2, "type", 0)
        yield "a short map", NOT_YES, self.header(2, "memsz", 100)
        yield "two that overlap", NOT_YES, self.header(1, "memsz", kcore.MAP - kcore.DATA + (1 << 40))

    def lines(self):
        """Lines of the note."""
        for name in list(self.core.kernel.info):
            yield f"without {name}", FLAGS, self.info(name, None)
            likely = () if name.startswith("OFFSET") else (0, 1, 65)  # an offset may be any
            for value in (*likely, 4 * 10 ** 9, *BIG, "x", "9" * 30):
                if isinstance(value, str) and name.startswith("SYMBOL"):
                    continue
                yield f"{name}={value}", NOT_YES, self.info(name, value)

    def sections(self):
        nowhere = (1, 4096, kcore.DATA - 1, kcore.BUFFERS + 4096 - 8, kcore.MAP - 4096, (1 << 64) - 1, (1 << 64) - 8)
        for root in (0, kcore.ROOTS, *nowhere):
            yield f"a root at {root:#x}", NOT_YES, self.data(kcore.ROOTS, root)
            yield f"roots at {root:#x}", NOT_YES, self.info("SYMBOL(mem_section)", root)
        yield "roots in a loop", NOT_YES, self.data(kcore.ROOTS, kcore.ROOTS, kcore.ROOTS)
        for address in (0, 2, 3, *nowhere):
            yield f"a map at {address:#x}", NOT_YES, self.data(kcore.SECTIONS, address)
            yield f"pageblocks at {address:#x}", NOT_YES, self.data(kcore.SECTIONS + 8, address)
        yield "many sections", NOT_YES, self.info("NUMBER(SECTION_SIZE_BITS)", 20)
        yield "one section", NOT_YES, self.info("NUMBER(SECTION_SIZE_BITS)", 47)

    def pages(self):
        """Page 0 stays what it is, but where it is a tail."""
        page, head = kcore.MAP, self.core.kernel.info["OFFSET(page.compound_head)"]
        for link in (page | 1, page + 64 | 1, page + 4096 | 1, 1, 3, (1 << 64) - 1, page - 64 | 1, page - 63 * 5 | 1,
                     page + (1 << 40) | 1, (1 << 63) | 1, -(1 << 30) & (1 << 64) - 1 | 1):
            yield f"a tail of {link:#x}", NOT_YES, self.page(0, head, link)
            for pfn in (1, 513):
                yield f"{pfn} is a tail of {link:#x}", NOT_YES, self.page(pfn, head, link)
        for order in (12, 23, 24, 63, 64, 1 << 32, 1 << 60, (1 << 64) - 1):
            yield f"free pages of order {order}", NOT_YES, self.page(1536, "private", order)
        for value in (0, 1 << 31, (1 << 32) - 1, 0x7fffffff):
            for pfn, member in ((5, "_mapcount"), (512, "_refcount"), (513, 16), (513, 20), (1024, "_mapcount")):
                    yield f"{member} of {pfn} is {value:#x}", NOT_YES, self.page(pfn, member, value, "=I")
        for pfn in (5, 512, 1024):
            for value in (2, 4096, kcore.FILE + 4090, (1 << 64) - 4, (1 << 64) - 1):
                yield f"mapping of {pfn} is {value:#x}", NOT_YES, self.page(pfn, "mapping", value)
                yield f"private of {pfn} is {value:#x}", NOT_YES, self.page(pfn, "private", value)
                yield f"flags of {pfn} is {value:#x}", NOT_YES, self.page(pfn, "flags", value)
        ring = kcore.BUFFERS + 0x400
        for inside in (ring + 0x80, ring + 0x100, kcore.BUFFERS, 0, (1 << 64) - 8):
            yield f"a ring that goes on at {inside:#x}", NOT_YES, self.data(ring + 0x88, inside)
        for inode in (0, kcore.DATA - 1, kcore.DEVICE, (1 << 64) - 1):
            yield f"an inode at {inode:#x}", NOT_YES, self.data(kcore.DEVICE, inode)

    def types(self):
        """The kernel's types; of these, what no rule can do without is in the enum of page flags."""
        for size in range(0, len(self.btf), 200):
            yield f"types cut at {size}", FLAGS, None, self.btf[:size]
        for at in range(0, len(self.btf), 61):
            yield f"types with ones at {at}", NOT_YES, None, self.btf[:at] + b"\xff\xff\xff\xff" + self.btf[at + 4:]
        yield "no types", FLAGS, None, b"no types\n" * 500
        kernel = self.core.kernel
        for title, members in kernel.structs.items():
            for member in members:
                for offset in ((1 << 29) - 1, 4095):
                    before = members[member]
                    members[member] = offset
                    yield f"{title}.{member} at {offset}", NOT_YES, None, kernel.btf()
                    members[member] = before
        for title, values in kernel.enums.items():
            for value in values:
                for number in (-(1 << 31), 32, 64):
                    before = values[value]
                    values[value] = number
                    yield f"{value} = {number}", NOT_YES, None, kernel.btf()
                    values[value] = before
        yield "a struct that holds itself", NOT_YES, None, self.selfish(2)
        yield "a struct that holds itself often", NOT_YES, None, self.selfish(2000)

    def selfish(self, count):
        """Each of the members, which have no name, is of the struct's own type."""
        length, = struct.unpack_from("=I", self.btf, 12)
        types, strings = self.btf[24:24 + length], self.btf[24 + length:]
        number = 1 + 2 * len(self.core.kernel.structs) + len(self.core.kernel.enums) + 1
        types += struct.pack("=III", len(strings), 4 << 24 | count, 4096) + struct.pack("=III", 0, number, 0) * count
        strings += b"page\0"
        return struct.pack("=HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(types), len(types), len(strings)) + types + strings


def said(root):
    """Verdict and cause, or what went wrong."""
    try:
        run = subprocess.run([os.environ.get("MEMHP", "memhp"), "--sysroot", root, "explain", "0", "--json"],
                             capture_output=True, timeout=10, check=False)
    except subprocess.TimeoutExpired:
        return "takes too long"
    error = run.stderr.decode(errors="replace")
    if run.returncode != 0 or re.search("Sanitizer|runtime error", error):
        return f"exit {run.returncode} {error}"
    block = json.loads(run.stdout)["blocks"][0]
    return f"{block['verdict']} {block['reasons'][0]['code']}"


def main(root, group):
    ways = Ways(root, "mask" if group == "types" else "new")
    count = 0
    for name, wanted, elf, *btf in getattr(ways, group)():
        kcore.write(root, "proc/kcore", ways.elf if elf is None else elf)
        kcore.write(root, "sys/kernel/btf/vmlinux", btf[0] if btf else ways.btf)
        got = said(root)
        if got != wanted and (wanted or not re.match("no |unsure ", got)):
            print(f"{name}: {got}, not {wanted or 'anything but yes'}")
        count += 1
    if not count:
        print("nothing was tried")
    print(count, file=sys.stderr)


main(*sys.argv[1:])
