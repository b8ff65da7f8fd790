// A list that only grows, for what a thread needs again and again.
//
// Instead of std::vector: the kernels are compiled for several instruction sets, and of an inline function that two of
// them share the linker keeps one, maybe with instructions that the machine does not have.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <type_traits>

namespace zrc::ZRC_ISA {

template <class Value>
class List {
    static_assert(std::is_trivially_copyable_v<Value>);

  public:
    List() = default;
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    ~List() { ::operator delete(values_, ALIGNMENT); }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    Value* data() { return values_; }
    const Value* data() const { return values_; }
    Value* begin() { return values_; }
    Value* end() { return values_ + size_; }
    const Value* begin() const { return values_; }
    const Value* end() const { return values_ + size_; }
    Value& operator[](std::size_t index) { return values_[index]; }
    const Value& operator[](std::size_t index) const { return values_[index]; }

    void clear() { size_ = 0; }

    void push_back(Value value) {
        if (size_ == room_) grow(size_ + 1);
        values_[size_++] = value;
    }

    // New entries are all zero bits.
    void resize(std::size_t size) {
        if (size > room_) grow(size);
        if (size > size_) std::memset(static_cast<void*>(values_ + size_), 0, (size - size_) * sizeof(Value));
        size_ = size;
    }

    void at_least(std::size_t size) {
        if (size > size_) resize(size);
    }

  private:
    static constexpr std::align_val_t ALIGNMENT{64};

    void grow(std::size_t size) {
        const std::size_t room = size > 2 * room_ ? size : 2 * room_;
        auto* values = static_cast<Value*>(::operator new(room * sizeof(Value), ALIGNMENT));
        if (size_) std::memcpy(static_cast<void*>(values), static_cast<const void*>(values_), size_ * sizeof(Value));
        ::operator delete(values_, ALIGNMENT);
        values_ = values, room_ = room;
    }

    Value* values_ = nullptr;
    std::size_t size_ = 0, room_ = 0;
};

template <class Number>
inline Number smaller(Number a, Number b) {
    return a < b ? a : b;
}

template <class Number>
inline Number larger(Number a, Number b) {
    return a > b ? a : b;
}

}  // namespace zrc::ZRC_ISA
