#pragma once

#include "core/checkpoint/weights_index.h"

#include <ATen/core/Tensor.h>

#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace heedmap {

/// Hands the tensors of a checkpoint to the layers of one model and keeps the books: what was missing, what had the
/// wrong shape, what nobody asked for. Faults are collected, so that a model is told about all of them at once.
class WeightLedger
{
public:
    explicit WeightLedger(const WeightsIndex& index) : m_index(index) {}

    /// The tensor as single precision, or an undefined tensor after noting the fault.
    at::Tensor take(const std::string& name, const Shape& shape);
    bool contains(const std::string& name) const { return m_index.contains(name); }
    /// Marks a tensor as known although its values come from another one (an alias of a tied weight).
    void markUsed(const std::string& name) { m_used.insert(name); }

    /// Call after every layer took its weights. Errors: NotFound for missing tensors, each with its nearest names;
    /// InvalidFile for wrong shapes; both lists in one message.
    void throwFaults() const;
    /// Tensors of the checkpoint nobody asked for, sorted.
    std::vector<std::string> unusedNames() const;
    /// Mapped files the tensors were taken from; a model checks after a run that they are still whole.
    const std::set<std::shared_ptr<const MappedFile>>& mappedFiles() const { return m_files; }

private:
    struct WrongShape
    {
        std::string name;
        Shape found;
        Shape expected;
    };
    std::string describeMissing() const;
    std::string describeWrongShapes() const;

    const WeightsIndex& m_index;
    std::set<std::string> m_used;
    std::set<std::shared_ptr<const MappedFile>> m_files;
    std::vector<std::string> m_missing;
    std::vector<WrongShape> m_wrongShapes;
};

/// A dotted prefix of tensor names: `scope / "encoder" / "layer" / 0` is "….encoder.layer.0". A light value; the ledger
/// must outlive it.
class WeightScope
{
public:
    explicit WeightScope(WeightLedger& ledger, std::string path = {}) : m_ledger(&ledger), m_path(std::move(path)) {}

    WeightScope operator/(const std::string& name) const;
    WeightScope operator/(int index) const { return *this / std::to_string(index); }

    const std::string& path() const { return m_path; }
    std::string nameOf(const std::string& leaf) const { return m_path.empty() ? leaf : m_path + "." + leaf; }
    WeightLedger& ledger() const { return *m_ledger; }

    at::Tensor take(const std::string& leaf, const Shape& shape) const { return m_ledger->take(nameOf(leaf), shape); }

private:
    WeightLedger* m_ledger;
    std::string m_path;
};

} // namespace heedmap
