#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""kcore.py ROOT [new|mask|middle|old] < LINES: what the pages of a simulated tree's blocks are, in
ROOT/proc/kcore and ROOT/sys/kernel/btf/vmlinux, as kernel 6.12, 7.1, 6.2 or 5.10 tells it.

A line is `BLOCK WHAT FIRST[-LAST] [NAME=NUMBER ...]`, with WHAT of WHATS or "cma" or "isolated" (of pageblocks).
Names: refs, maps (of processes), pages (of the map count of each page of a folio), busy (buffers), and every
other member of a struct page. What is left of a block is free; one that no line names has no struct page.
"""
import os
import struct
import sys

PAGE = 4096
DATA, MAP = 0xffff888000000000, 0xffffea0000000000  # addresses
ROOTS, SECTIONS, USAGE, FILE, DEVICE, BUFFERS = (DATA + PAGE * i for i in range(6))  # a page of data each
SECTION_BITS, PAGEBLOCK = 27, 512
COMMON = {"SIZE(page)": 64, "SIZE(mem_section)": 16, "LENGTH(mem_section)": 16, "PAGESIZE": PAGE,
          "OFFSET(page.flags)": 0, "OFFSET(page._refcount)": 52, "OFFSET(page._mapcount)": 48,
          "OFFSET(page.mapping)": 24, "OFFSET(page.private)": 40, "OFFSET(page.compound_head)": 8,
          "OFFSET(mem_section.section_mem_map)": 0, "NUMBER(SECTION_SIZE_BITS)": SECTION_BITS,
          "SYMBOL(mem_section)": f"{ROOTS:x}"}
STRUCTS = {"mem_section": {"section_mem_map": 0, "usage": 8}, "mem_section_usage": {"pageblock_flags": 16},
           "buffer_head": {"b_state": 0, "b_this_page": 8, "b_count": 96},
           "address_space": {"host": 0}, "inode": {"i_mode": 0}}
NEW_FLAGS = ("locked writeback referenced uptodate dirty lru head waiters active workingset swapcache owner_2 "
             "arch_1 reserved private private_2 reclaim swapbacked unevictable mlocked hwpoison").split()
OLD_FLAGS = ("locked referenced uptodate dirty lru active double_map waiters error slab swapcache arch_1 reserved "
             "private private_2 writeback head mappedtodisk reclaim swapbacked unevictable mlocked uncached "
             "hwpoison").split()


class Kernel:
    def __init__(self, name):
        old = name in ("old", "middle")
        self.name = name
        self.flags = {flag: i for i, flag in enumerate(OLD_FLAGS if old else NEW_FLAGS)}
        if name == "middle":
            del self.flags["double_map"]
        if name == "mask":
            self.flags["movable_ops"] = self.flags["uptodate"]
        self.types = {"buddy": 0xffffff7f, "offline": 0xfffffeff, "table": 0xfffffdff} if old else {
            "buddy": 0xf0 << 24, "offline": 0xf1 << 24, "table": 0xf2 << 24, "hugetlb": 0xf4 << 24,
            "slab": 0xf5 << 24, "zsmalloc": 0xf6 << 24}
        self.info = dict(COMMON)
        self.info["NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)"] = self.types["buddy"] - (1 << 32 if old else 0)
        self.structs = dict(STRUCTS)
        self.isolate, self.bits = 5, 4
        migrate = {"MIGRATE_CMA": 4, "MIGRATE_ISOLATE": 5}
        blocks = {"NR_PAGEBLOCK_BITS": 4}
        if old:
            self.info["NUMBER(HUGETLB_PAGE_DTOR)"] = 2
            self.structs["page"] = {"compound_dtor": 16, "compound_mapcount": 20, "compound_nr": 24}
            self.large, self.entire = None, 20
        else:
            self.structs["folio"] = {"_large_mapcount": 80, "_entire_mapcount": 84, "_nr_pages": 88}
            self.large, self.entire = 16, 20
        if name == "mask":
            self.info["OFFSET(page.compound_info)"] = self.info.pop("OFFSET(page.compound_head)")
            blocks = {"PB_migrate_isolate": 4, "__NR_PAGEBLOCK_BITS": 5}
            self.isolate, self.bits = 1 << 4, 8
        self.enums = {"pageflags": {"PG_" + flag: bit for flag, bit in self.flags.items()},
                      "migratetype": migrate, "pageblock_bits": blocks}

    def btf(self):
        """Members of a struct lie in a union without a name, as many of the kernel's do."""
        types, strings = [], bytearray(1)

        def name(text):
            at = len(strings)
            strings.extend(text.encode() + b"\0")
            return at

        def head(text, kind, count, size):
            return struct.pack("=III", name(text) if text else 0, kind << 24 | count, size)

        types.append(head("unsigned int", 1, 0, 4) + struct.pack("=I", 32))
        for title, members in self.structs.items():
            inner = b"".join(struct.pack("=III", name(member), 1, offset * 8) for member, offset in members.items())
            types.append(head("", 4, len(members), 4096) + inner)
            types.append(head(title, 4, 1, 4096) + struct.pack("=III", 0, len(types), 0))
        for title, values in self.enums.items():
            inner = b"".join(struct.pack("=Ii", name(value), number) for value, number in values.items())
            types.append(head(title, 6, len(values), 4) + inner)
        body = b"".join(types)
        return struct.pack("=HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(body), len(body), len(strings)) + body + strings


# WHAT: flags, type, mapping, whether it is one folio of many pages
ANON, MOVABLE = BUFFERS + 0x801, BUFFERS + 0x802
WHATS = {
    "anon": ("lru swapbacked uptodate", None, ANON), "file": ("lru uptodate", None, FILE),
    "swap": ("lru swapbacked swapcache uptodate", None, ANON), "blockdev": ("lru private", None, DEVICE),
    "batch": ("swapbacked uptodate", None, ANON), "shmem": ("lru swapbacked uptodate", None, FILE),
    "detached": ("lru uptodate", None, 0),
    "filebuffers": ("lru private uptodate", None, FILE),
    "doublethp": ("lru swapbacked uptodate head", None, ANON),
    "thp": ("lru swapbacked uptodate head", None, ANON), "filethp": ("lru uptodate head", None, FILE),
    "hugetlb": ("uptodate head", "hugetlb", ANON), "hugetlbfile": ("uptodate head", "hugetlb", FILE),
    "hugetlbfree": ("head", "hugetlb", 0),
    "owner": ("swapcache", None, 0),  # to whom else the bit belongs
    "kernel": ("", None, 0), "compound": ("head", None, 0), "slab": ("", "slab", 0),
    "slabs": ("head", "slab", 0), "table": ("", "table", 0),
    "offline": ("", "offline", 0), "balloon": ("", "offline", MOVABLE), "zsmalloc": ("", "zsmalloc", MOVABLE),
    "plainzsmalloc": ("", "zsmalloc", 0), "movable": ("", None, MOVABLE), "reserved": ("reserved", None, 0),
    "poisoned": ("hwpoison", None, 0), "blank": ("", None, 0), "hole": ("", None, 0),
}
FOLIOS = {"thp", "doublethp", "filethp", "hugetlb", "hugetlbfile", "hugetlbfree", "compound", "slabs"}
UNUSED = {"blank", "hugetlbfree", "hole"}


class Core:
    def __init__(self, kernel, block_pages):
        self.kernel, self.block_pages, self.size = kernel, block_pages, 64
        self.data, self.maps, self.used = bytearray(6 * PAGE), {}, set()
        self.put(ROOTS, SECTIONS)
        for section in range(16):
            self.put(SECTIONS + 16 * section, MAP | 3)
            self.put(SECTIONS + 16 * section + 8, USAGE + 0x100 * section)
        for mapping, mode in ((FILE, 0o100644), (DEVICE, 0o060660)):  # S_IFREG, S_IFBLK
            self.put(mapping, mapping + 0x100)
            self.put(mapping + 0x100, mode, "=H")
        for i in range(4):  # free and busy rings of four
            for ring in (0, 0x400):
                self.put(BUFFERS + ring + i * 0x80 + 8, BUFFERS + ring + (i + 1) % 4 * 0x80)
        self.put(BUFFERS + 0x400 + 0x180 + 96, 1, "=i")  # the last one's b_count

    def put(self, address, value, form="=Q"):
        struct.pack_into(form, self.data, address - DATA, value)

    def poke(self, pfn, member, value, form="=Q"):
        block = self.maps[pfn // self.block_pages]
        offset = member if isinstance(member, int) else next(
            self.kernel.info[key] for key in (f"OFFSET(page.{member})", "OFFSET(page.compound_info)")
            if key in self.kernel.info)
        struct.pack_into(form, block, pfn % self.block_pages * self.size + offset, value)

    def page(self, pfn, flags="", kind=None, mapping=0, refs=0, mapcount=-1, private=0):
        self.poke(pfn, "flags", sum(1 << self.kernel.flags[flag] for flag in flags.split()) | 1 << 58)
        self.poke(pfn, "_refcount", refs, "=i")
        self.poke(pfn, "_mapcount", self.kernel.types.get(kind, mapcount & 0xffffffff), "=I")
        self.poke(pfn, "mapping", mapping)
        self.poke(pfn, "private", private)

    def free(self, pfn, end, most=9):
        while pfn < end:
            order = min((end - pfn).bit_length() - 1, (pfn & -pfn).bit_length() - 1 if pfn else most, most)
            self.page(pfn, kind="buddy", private=order)
            pfn += 1 << order

    def free_rest(self):
        for block in self.maps:
            pfn = start = block * self.block_pages
            for pfn in sorted(self.used.intersection(range(start, start + self.block_pages))):
                self.free(start, pfn)
                start = pfn + 1
            self.free(start, (block + 1) * self.block_pages)

    def tails(self, pfn, count, dtor, entire, large):
        for i in range(1, count):
            head = MAP + pfn * self.size
            link = head | 1 if self.kernel.name != "mask" else -count * self.size + (1 << 64) | 1
            self.poke(pfn + i, "compound_head", link)
        if self.kernel.large:
            self.poke(pfn + 1, self.kernel.large, large - 1, "=i")
        else:
            self.poke(pfn + 1, 16, dtor, "=B")
        self.poke(pfn + 1, self.kernel.entire, entire - 1, "=i")
        self.poke(pfn + 1, 24, count, "=I")

    def what(self, kind, pfn, end, maps=0, refs=None, pages=0, busy=0, **members):
        flags, title, mapping = WHATS[kind]
        count = end - pfn if kind in FOLIOS else 1
        if title == "slab" and "slab" in self.kernel.flags:
            flags, title = flags + " slab", None
        dtor = 2 if title == "hugetlb" else 1
        title = title if title in self.kernel.types else None
        if "movable_ops" in self.kernel.flags and mapping == MOVABLE and title:
            flags, mapping = "movable_ops", 0
        if refs is None:
            cached = mapping and not mapping & 3 or kind == "swap"
            total = maps + (pages * count if kind in FOLIOS else 0)
            refs = 0 if kind in UNUSED else total + count * bool(cached) + ("private" in flags) + (
                "lru" not in flags or kind == "detached")
        private = BUFFERS + 0x400 * bool(busy) if "private" in flags else 0
        for at in range(pfn, end, count):
            if kind == "hole":
                start = at % self.block_pages * 64
                self.maps[at // self.block_pages][start:start + 64] = bytes(64)
                continue
            each = maps if count == 1 else pages
            if self.kernel.name == "old" and kind in ("doublethp", "filethp"):
                each += maps  # what maps the whole folio is counted in each of its pages, too
            if self.kernel.name == "mask" and count > 1:
                each = 0  # as with CONFIG_NO_PAGE_MAPCOUNT
            for i in range(1, count):
                self.page(at + i, "double_map" if kind == "doublethp" and i == 1 else "", mapcount=each - 1)
            self.page(at, flags, title, mapping, refs, each - 1, private)
            if count > 1:
                self.tails(at, count, dtor, maps, maps + pages * count)
            for member, value in members.items():
                self.poke(at, member, value)

    def pageblocks(self, kind, pfn, end):
        for block in range(pfn // PAGEBLOCK, -(-end // PAGEBLOCK)):
            section, bit = divmod(block * PAGEBLOCK, 1 << SECTION_BITS - 12)
            bit = bit // PAGEBLOCK * self.kernel.bits
            at = USAGE - DATA + 0x100 * section + 16 + bit // 8
            self.data[at] |= (4 if kind == "cma" else self.kernel.isolate) << bit % 8

    def line(self, text):
        words = text.split("#")[0].split()
        if not words:
            return
        first, _, last = words[2].partition("-")
        base = int(words[0]) * self.block_pages
        pfn, end = base + int(first), base + int(last or first) + 1
        for block in range(pfn // self.block_pages, (end - 1) // self.block_pages + 1):
            if block not in self.maps:
                self.maps[block] = bytearray(self.block_pages * self.size)
                self.page(block * self.block_pages)
                self.maps[block] = self.maps[block][:self.size] * self.block_pages
        if words[1] in ("cma", "isolated"):
            self.pageblocks(words[1], pfn, end)
            return
        self.used.update(range(pfn, end))
        if words[1] == "free":
            self.free(pfn, end, most=20)
        else:
            self.what(words[1], pfn, end, **{name: int(number, 0) for name, number in
                                             (word.split("=") for word in words[3:])})

    def note(self):
        text = "".join(f"{name}={value}\n" for name, value in self.kernel.info.items()).encode()
        note = struct.pack("=III", 5, 8, 1) + b"CORE\0\0\0\0" + bytes(8)
        note += struct.pack("=III", 11, len(text), 0) + b"VMCOREINFO\0\0" + text
        return note + bytes(-len(note) % 4)

    def elf(self):
        """The header and the note have the first page, then the data, then the map of each block."""
        parts = [(DATA, self.data)] + [(MAP + block * self.block_pages * self.size, self.maps[block])
                                       for block in sorted(self.maps)]
        note, offset = self.note(), PAGE
        headers = struct.pack("=IIQQQQQQ", 4, 0, 64 + 56 * (len(parts) + 1), 0, 0, len(note), 0, 4)
        for address, content in parts:
            headers += struct.pack("=IIQQQQQQ", 1, 7, offset, address, 0, len(content), len(content), PAGE)
            offset += len(content)
        ident = b"\x7fELF\x02" + (b"\1" if sys.byteorder == "little" else b"\2") + b"\1" + bytes(9)
        elf = ident + struct.pack("=HHIQQQIHHHHHH", 4, 62, 1, 0, 64, 0, 0, 64, 56, len(parts) + 1, 0, 0, 0)
        return (elf + headers + note).ljust(PAGE, b"\0") + b"".join(content for _, content in parts)


def write(root, path, content):
    os.makedirs(os.path.dirname(f"{root}/{path}"), exist_ok=True)
    with open(f"{root}/{path}", "wb") as file:
        file.write(content)


def make(root, name, lines):
    with open(f"{root}/sys/devices/system/memory/block_size_bytes", encoding="ascii") as size:
        pages = int(size.read(), 16) // PAGE
    core = Core(Kernel(name), pages)
    for text in lines:
        core.line(text)
    core.free_rest()
    write(root, "proc/kcore", core.elf())
    write(root, "sys/kernel/btf/vmlinux", core.kernel.btf())
    write(root, "sys/kernel/mm/transparent_hugepage/hpage_pmd_size", b"%d\n" % (PAGEBLOCK * PAGE))
    return core


if __name__ == "__main__":
    make(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "new", sys.stdin)
